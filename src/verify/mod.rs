//! Golden cases that anyone can replay: our arithmetic against numbers printed by other programs.
//!
//! In: data carried inside the binary (of COMPAS the aggregate counts only, for its rows carry no licence). Out: for each
//! [`Case`], the program and version, what it printed, what we get, and how near that must be. To add a case, add it to the
//! file of its data; a number must come from another program, never from ours.

mod breast_cancer;
mod compas;
mod dcurves;

/// One number of another program, and ours.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is measured, and on which data.
    pub what: String,
    /// The other program with its version.
    pub program: &'static str,
    /// What it gives.
    pub expected: f64,
    /// How near ours must be: relative to it, or absolute where it is 0.
    pub tolerance: f64,
    /// What we get, or why there is nothing.
    pub got: Result<f64, String>,
    /// What a reader must know, such as a fault of the other program.
    pub note: Option<&'static str>,
}

impl Case {
    fn new(
        what: impl Into<String>,
        program: &'static str,
        (expected, tolerance): (f64, f64),
        got: Result<f64, &'static str>,
    ) -> Self {
        let got = got.map_err(str::to_owned);
        Self { what: what.into(), program, expected, tolerance, got, note: None }
    }

    fn note(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// Whether ours is near enough.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let size = if self.expected.abs() > 0.0 { self.expected.abs() } else { 1.0 };
        self.got.as_ref().is_ok_and(|got| (got - self.expected).abs() <= self.tolerance * size)
    }
}

/// Replays every case.
#[must_use]
pub fn cases() -> Vec<Case> {
    [compas::cases(), dcurves::cases(), breast_cancer::cases()].concat()
}

/// A column of a small table of numbers.
fn column(text: &str, name: &str) -> Vec<f64> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let place = header.split(',').position(|column| column == name);
    let value = |line: &str| place.and_then(|place| line.split(',').nth(place)?.parse().ok());
    // A number that cannot be read would make every case disagree, so it is left to do so.
    lines.map(|line| value(line).unwrap_or(f64::NAN)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_agrees_and_has_a_source() {
        let cases = cases();
        assert!(cases.len() > 50, "{}", cases.len());
        for case in &cases {
            assert!(case.agrees(), "{case:?}");
            assert!(case.program.chars().any(|c| c.is_ascii_digit()), "{case:?}");
            assert!(case.tolerance <= 1e-2);
        }
    }

    #[test]
    fn a_wrong_number_does_not_agree() {
        let case = |got| Case::new("x", "y 1", (0.5, 1e-6), got);
        assert!(case(Ok(0.5 + 4e-7)).agrees());
        assert!(!case(Ok(0.5 + 6e-7)).agrees() && !case(Err("nothing")).agrees());
        assert!(!case(Ok(f64::NAN)).agrees());
    }
}

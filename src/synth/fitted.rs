//! The values that `rerefer synth fit` found: what the simulator must draw from so that what comes out is as published.
//!
//! A share that goes in is not the share that comes out: children who stay long fill the count of a day, those who
//! come back are counted again. The fit changes what goes in until what comes out agrees with the published tables
//! (England, `DfE`, Crown copyright, Open Government Licence v3.0). Splits within a published group (which kind of
//! health service, say) are ours, since they are not published.

use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// A code and its relative weight.
pub type Weight = (String, f64);

/// One authority's practice, unnamed: referrals a year, share with no further action, share assessed as not in need,
/// share re-referred within 12 months (all published, 2025), and the fitted factor on the hazard of a return.
pub type Practice = (f64, f64, f64, f64, f64);

/// Everything that the fit sets. Shares are relative weights unless said otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// Households first referred in a year, per referral in a year.
    pub households_per_referral: f64,
    /// Weibull scale of the hazard of a return, in days.
    pub scale_days: f64,
    /// Weibull shape.
    pub shape: f64,
    /// Factor on the hazard of a return after an episode without a plan.
    pub short_returns: f64,
    /// Shape of the household frailty.
    pub frailty_shape: f64,
    /// Probability of the path to a protection plan, before the facts of the referral move it.
    pub protection: f64,
    /// Probability of the path into care.
    pub care: f64,
    /// Probability of the path to adoption.
    pub adoption: f64,
    /// Log odds ratio of the path to a protection plan for a child who has had one.
    pub repeat_plan: f64,
    /// Log factor that sets the share with no further action.
    pub no_further_action: f64,
    /// Log factor that sets the share assessed as not in need.
    pub not_in_need: f64,
    /// Probability that a child is a boy.
    pub boys: f64,
    /// Probability that a disability is recorded.
    pub disabled: f64,
    /// Median days of a child in need plan.
    pub cin_plan_days: f64,
    /// Median days in care.
    pub care_days: f64,
    /// Years for which a young person in care at 18 remains a case, on average.
    pub care_leaver_years: f64,
    /// Age at the first referral of a household's first child: unborn, 0, 1 to 4, 5 to 9, 10 to 15, 16 and 17 years.
    pub first_ages: [f64; 6],
    /// Referrals by month, January first, mean 1.
    pub months: [f64; 12],
    /// Factor on the months from April 2020 to March 2021.
    pub break_months: [f64; 12],
    /// Log odds of a repeat protection plan by census year, relative to the last.
    pub repeat_years: Vec<(i32, f64)>,
    /// Referral source.
    pub sources: Vec<Weight>,
    /// Primary need.
    pub needs: Vec<Weight>,
    /// Ethnicity.
    pub ethnicities: Vec<Weight>,
    /// Probability, in percent, of each factor in an assessment of middling extent.
    pub factors: Vec<Weight>,
    /// Initial category of abuse of protection plans.
    pub abuse: Vec<Weight>,
    /// How long protection plans last: first day, last day, share.
    pub plan_days: Vec<(i32, i32, f64)>,
    /// England's authorities, largest first.
    pub authorities: Vec<Practice>,
}

static COMMITTED: LazyLock<Fitted> =
    LazyLock::new(|| toml::from_str(include_str!("fitted.toml")).unwrap_or_default());

impl Fitted {
    /// The committed fit.
    #[must_use]
    pub fn committed() -> &'static Self {
        &COMMITTED
    }

    /// The values as a settings file, rounded to six significant digits.
    ///
    /// # Errors
    /// Returns why they could not be written.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let mut value = toml::Value::try_from(self)?;
        round(&mut value);
        let mut out = String::from(
            "# Fitted by `rerefer synth fit`; what each value means is on the documentation page of `Fitted`.\n",
        );
        // One line an item: lists of lists would otherwise be one long line each.
        for (key, value) in value.as_table().into_iter().flatten() {
            match value.as_array().filter(|items| items.iter().any(toml::Value::is_array)) {
                Some(items) => {
                    out.push_str(&format!("{key} = [\n"));
                    for item in items {
                        out.push_str(&format!("    {item},\n"));
                    }
                    out.push_str("]\n");
                }
                None => out.push_str(&format!("{key} = {value}\n")),
            }
        }
        Ok(out)
    }

    /// The practice of the authority whose published share re-referred is nearest to `share`, and whose size is nearest
    /// to `referrals` among equals.
    #[must_use]
    pub fn practice_near(&self, share: f64, referrals: f64) -> Option<&Practice> {
        let distance = |p: &Practice| (p.3 - share).abs() * 100.0 + (p.0 / referrals).ln().abs();
        self.authorities.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

/// Rounds every number to six significant digits.
fn round(value: &mut toml::Value) {
    match value {
        toml::Value::Float(number) => *number = format!("{number:.5e}").parse().unwrap_or(*number),
        toml::Value::Array(items) => items.iter_mut().for_each(round),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, item)| round(item)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Fitted;
    use crate::schema::codes::{self, CodeList};

    #[test]
    fn the_committed_fit_is_readable_and_every_code_is_in_the_schema() {
        let fitted = Fitted::committed();
        assert_eq!(fitted.authorities.len(), 153);
        let lists: [(&CodeList, &[super::Weight]); 5] = [
            (&codes::SOURCE, &fitted.sources),
            (&codes::NEED, &fitted.needs),
            (&codes::ETHNICITY, &fitted.ethnicities),
            (&codes::ABUSE, &fitted.abuse),
            (&codes::FACTOR, &fitted.factors),
        ];
        for (list, weights) in lists {
            assert!(!weights.is_empty());
            for (code, weight) in weights {
                assert!(list.find(code).is_some(), "{}: {code}", list.id);
                assert!(*weight > 0.0, "{code}");
            }
        }
        assert!((fitted.months.iter().sum::<f64>() / 12.0 - 1.0).abs() < 0.01);
    }
}

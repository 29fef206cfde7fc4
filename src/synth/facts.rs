//! What is recorded when a referral arrives, and what follows from it: the pull back (log hazard of a return) and
//! the probabilities of each path. The frailty is no part of this: it acts on returns only.

use super::course::{ALL, PATHS, Path};
use super::scenario::{Authority, Effects, Scenario};

/// Rolled-up sources that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// Schools.
    Schools,
    /// Health services.
    Health,
    /// The authority's own services.
    Authority,
    /// Police.
    Police,
    /// Courts, probation and the like.
    OtherLegal,
    /// Anonymous.
    Anonymous,
    /// Anyone else.
    Other,
}

impl From {
    /// The roll-up of a code group of [`crate::schema::codes::SOURCE`].
    pub(super) fn of(group: &str) -> Self {
        match group {
            "schools" => Self::Schools,
            "health" => Self::Health,
            "la-services" => Self::Authority,
            "police" => Self::Police,
            "other-legal" => Self::OtherLegal,
            "anonymous" => Self::Anonymous,
            _ => Self::Other,
        }
    }
}

/// Age bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Age {
    /// Unborn or under 1 year.
    UnderOne,
    /// 1 to 4 years.
    OneToFour,
    /// 5 to 9 years.
    FiveToNine,
    /// 10 to 15 years.
    TenToFifteen,
    /// 16 or 17 years.
    SixteenPlus,
}

impl Age {
    /// The band of an age in whole months, negative for the unborn.
    pub(super) fn of(months: i32) -> Self {
        match months.div_euclid(12) {
            ..=0 => Self::UnderOne,
            1..=4 => Self::OneToFour,
            5..=9 => Self::FiveToNine,
            10..=15 => Self::TenToFifteen,
            _ => Self::SixteenPlus,
        }
    }
}

/// The probability of each roll-up of the source.
#[derive(Debug)]
pub(super) struct Shares(Vec<(From, f64)>);

impl Shares {
    /// Sums the probabilities of codes by the roll-up `from` of each.
    pub(super) fn new(codes: impl Iterator<Item = (u8, f64)>, from: &[From]) -> Self {
        let mut out: Vec<(From, f64)> = Vec::new();
        for (code, share) in codes {
            let Some(&from) = from.get(usize::from(code)) else { continue };
            match out.iter_mut().find(|(f, _)| *f == from) {
                Some((_, sum)) => *sum += share,
                None => out.push((from, share)),
            }
        }
        Self(out)
    }
}

/// Facts recorded before the day of a referral, or with it (source, age).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) age: Age,
    pub(super) from: From,
    pub(super) disabled: bool,
    /// Earlier referrals of the child.
    pub(super) earlier: u32,
    /// The path of the last episode.
    pub(super) last_path: Option<Path>,
    /// Days since the last closure.
    pub(super) days_since_closure: Option<i32>,
    pub(super) had_plan: bool,
    pub(super) was_looked_after: bool,
    /// A brother or sister was referred before today.
    pub(super) siblings_known: bool,
    /// A brother or sister was put on a child protection plan before today.
    pub(super) sibling_plan: bool,
}

fn when(yes: bool, effect: f64) -> f64 {
    if yes { effect } else { 0.0 }
}

impl Facts {
    /// ln(1 + earlier referrals).
    fn log_earlier(&self) -> f64 {
        f64::from(self.earlier).ln_1p()
    }

    /// The log hazard ratio of a return after this referral.
    pub(super) fn log_pull(&self, effects: &Effects) -> f64 {
        let age = match self.age {
            Age::UnderOne => effects.under_one,
            Age::OneToFour => effects.one_to_four,
            Age::FiveToNine => 0.0,
            Age::TenToFifteen => effects.ten_to_fifteen,
            Age::SixteenPlus => effects.sixteen_plus,
        };
        let from = match self.from {
            From::Schools => effects.schools,
            From::Police => effects.police,
            From::Anonymous => effects.anonymous,
            From::Health | From::Authority | From::OtherLegal | From::Other => 0.0,
        };
        age + from
            + effects.earlier_referrals * self.log_earlier()
            + when(self.days_since_closure.is_some_and(|d| d <= 180), effects.recent_closure)
            + when(self.last_path == Some(Path::NoFurtherAction), effects.previous_nfa)
            + when(self.had_plan, effects.previous_plan)
            + when(self.siblings_known, effects.siblings_known)
            + when(self.disabled, effects.disability)
    }

    /// The probability of each path, in the order of [`ALL`]: a multinomial logit with "child in need" as reference.
    /// `repeat` is the log odds ratio of another protection plan at the time of the referral.
    pub(super) fn paths(&self, scenario: &Scenario, authority: &Authority, repeat: f64) -> [f64; PATHS] {
        let (fitted, care) = (&scenario.fitted, scenario.families.care);
        let (protection, adoption) = (fitted.protection, fitted.adoption);
        let need = (1.0 - authority.nfa - authority.not_in_need - protection - care - adoption).max(0.05);
        let mut p = ALL.map(|path| match path {
            Path::NoFurtherAction => authority.nfa / need * (self.log_nfa() + fitted.no_further_action).exp(),
            Path::NotInNeed => {
                authority.not_in_need / need * (self.log_not_in_need() + fitted.not_in_need).exp()
            }
            Path::ChildInNeed => 1.0,
            Path::Protection => {
                protection / need * (self.log_protection() + when(self.had_plan, repeat)).exp()
            }
            Path::LookedAfter => care / need * self.log_care().exp(),
            Path::Adopted => match self.age {
                Age::UnderOne => adoption / need * 6.0,
                Age::OneToFour => adoption / need,
                Age::FiveToNine | Age::TenToFifteen | Age::SixteenPlus => 0.0,
            },
        });
        let total: f64 = p.iter().sum();
        for p in &mut p {
            *p /= total;
        }
        p
    }

    /// The same, averaged over who may make the referral.
    pub(super) fn paths_of_any_source(
        &self,
        (scenario, authority, repeat): (&Scenario, &Authority, f64),
        shares: &Shares,
    ) -> [f64; PATHS] {
        let mut out = [0.0; PATHS];
        for &(from, share) in &shares.0 {
            let paths = Self { from, ..*self }.paths(scenario, authority, repeat);
            for (out, p) in out.iter_mut().zip(paths) {
                *out += share * p;
            }
        }
        out
    }

    fn log_nfa(&self) -> f64 {
        let from = match self.from {
            From::Police => 0.3,
            From::Anonymous => 0.5,
            From::Health | From::Authority => -0.4,
            From::Schools | From::OtherLegal | From::Other => 0.0,
        };
        from + when(self.age == Age::UnderOne, -0.7)
            + when(self.last_path == Some(Path::NoFurtherAction), 0.5)
            + when(self.disabled, -0.3)
    }

    fn log_not_in_need(&self) -> f64 {
        when(self.from == From::Schools, 0.1)
            + when(self.age == Age::UnderOne, -0.4)
            + when(self.disabled, -0.5)
            + when(self.had_plan, -0.5)
            - 0.15 * self.log_earlier()
    }

    fn log_protection(&self) -> f64 {
        let age = match self.age {
            Age::UnderOne => 1.1,
            Age::OneToFour => 0.4,
            Age::FiveToNine => 0.0,
            Age::TenToFifteen => -0.5,
            Age::SixteenPlus => -1.7,
        };
        let from = match self.from {
            From::Authority => 0.6,
            From::Health => 0.4,
            From::Police => 0.2,
            From::Schools => -0.3,
            From::Anonymous => -1.0,
            From::OtherLegal | From::Other => 0.0,
        };
        age + from + 0.4 * self.log_earlier() + when(self.sibling_plan, 1.2) + when(self.disabled, -0.4)
            - 0.62
    }

    fn log_care(&self) -> f64 {
        let age = match self.age {
            Age::UnderOne => 0.9,
            Age::OneToFour => -0.2,
            Age::FiveToNine => -0.4,
            Age::TenToFifteen => 0.1,
            Age::SixteenPlus => 0.7,
        };
        let from = match self.from {
            From::Authority => 0.9,
            From::OtherLegal => 0.9,
            From::Police => 0.1,
            From::Schools => -0.8,
            From::Anonymous => -1.2,
            From::Health | From::Other => 0.0,
        };
        age + from
            + 0.3 * self.log_earlier()
            + when(self.was_looked_after, 1.5)
            + when(self.had_plan, 0.6)
            + when(self.disabled, 0.3)
            - 0.45
    }
}

//! What makes a referred child come back.

use super::super::fitted::Fitted;
use super::number;
use crate::io::settings::Section;

/// The hazard of a return after a closure: frailty x exp(effects) x Weibull hazard of the days since closure.
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    /// Weibull shape; below 1 the hazard falls with time.
    pub shape: f64,
    /// Weibull scale in days.
    pub scale_days: f64,
    /// Shape a of the household frailty, Gamma(a, a) with mean 1 and variance 1/a.
    pub frailty_shape: f64,
    /// Share of the hazard that children of a household share: how often they come back on the same day.
    pub together: f64,
    /// Log hazard ratios of facts recorded at the referral.
    pub effects: Effects,
    /// Hazard ratios by the course of the episode that has closed.
    pub after: After,
}

macro_rules! numbers {
    ($(#[$outer:meta])* $name:ident, $range:expr; $($(#[$doc:meta])* $field:ident = $default:expr;)*) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name {
            $($(#[$doc])* pub $field: f64,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            fn read(section: Option<&Section<'_>>) -> Self {
                let default = Self::default();
                Self { $($field: number(section, stringify!($field), $range, default.$field),)* }
            }
        }
    };
}

numbers! {
    /// Log hazard ratios of a return. Every fact is recorded before, or with, the referral from which it counts.
    Effects, -3.0..=3.0;
    /// For each unit of ln(1 + earlier referrals of the child).
    earlier_referrals = 0.20;
    /// Last closure 180 days ago or less.
    recent_closure = 0.25;
    /// The last episode ended with no further action.
    previous_nfa = 0.25;
    /// The child has been on a child protection plan.
    previous_plan = 0.15;
    /// A brother or sister was referred on an earlier day.
    siblings_known = 0.15;
    /// A disability is recorded.
    disability = 0.20;
    /// Unborn or under 1 year.
    under_one = 0.30;
    /// 1 to 4 years.
    one_to_four = 0.20;
    /// 10 to 15 years.
    ten_to_fifteen = 0.10;
    /// 16 or 17 years.
    sixteen_plus = -0.40;
    /// Referred by a school.
    schools = 0.10;
    /// Referred by the police.
    police = -0.10;
    /// Referred anonymously.
    anonymous = -0.30;
}

numbers! {
    /// Hazard ratios of a return by what the closed episode was. After adoption nobody returns.
    After, 0.0..=10.0;
    /// No further action.
    no_further_action = 1.10;
    /// Assessed, not in need.
    not_in_need = 1.05;
    /// Child in need plan.
    child_in_need = 1.0;
    /// Child protection plan.
    protection = 0.9;
    /// Looked after.
    looked_after = 0.6;
}

impl Returns {
    pub(super) fn read(section: Option<&Section<'_>>, fitted: &Fitted) -> Self {
        Self {
            shape: number(section, "shape", 0.2..=2.0, fitted.shape),
            scale_days: number(section, "scale_days", 10.0..=1e6, fitted.scale_days),
            frailty_shape: number(section, "frailty_shape", 0.05..=1000.0, fitted.frailty_shape),
            together: number(section, "together", 0.0..=1.0, 0.5),
            effects: Effects::read(section.and_then(|s| s.section("effects")).as_ref()),
            after: After::read(section.and_then(|s| s.section("after")).as_ref()),
        }
    }
}

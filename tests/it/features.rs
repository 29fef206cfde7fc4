//! Features of small histories, worked by hand.

use crate::story::story;
use rerefer::cohort::{self, Clock, Definition, Index, Point};
use rerefer::features::{self, Matrix};
use rerefer::history::History;
use rerefer::schema::Kind;

pub(crate) fn definition(point: Point) -> Definition {
    Definition {
        index: Index::EveryReferral,
        point,
        outcome: Kind::Referral,
        horizon_days: 365,
        clock: Clock::FromReferral,
    }
}

pub(crate) fn settings() -> features::Settings {
    features::Settings { windows: vec![90, 180, 365, 730], leave_out: Vec::new(), authority: false }
}

pub(crate) fn matrix(history: &History, point: Point) -> (cohort::Cohort, Matrix) {
    let cohort = cohort::build(history, &definition(point));
    let matrix = features::build(history, &cohort.rows, point, &settings(), &|_| {});
    (cohort, matrix)
}

/// The value of a feature in a row; -1 stands for missing.
fn value(matrix: &Matrix, row: usize, id: &str) -> f32 {
    let column = matrix.features.iter().position(|f| f.id == id).unwrap_or_else(|| panic!("no feature {id}"));
    let value = matrix.row(row)[column];
    if value.is_nan() { -1.0 } else { value }
}

fn assert_values(matrix: &Matrix, row: usize, expected: &[(&str, f32)]) {
    for (id, expected) in expected {
        let found = value(matrix, row, id);
        assert!((found - expected).abs() < 1e-3, "{id} of row {row}: {found}, by hand {expected}");
    }
}

const FAMILY: &str = "
    child 1 born 2012-03-01 home 7 sex F ethnicity CHNE disability AUT
    child 2 born 2016-08-01 home 7
    1 2015-05-01 contact
    1 2015-06-01 referral 6 e1
    1 2015-06-01 need N1 e1 known 2015-07-01
    1 2015-06-03 assessment_start e1
    1 2015-07-01 assessment_end e1
    1 2015-07-01 factor 3B e1
    1 2015-07-01 factor 4B e1
    1 2015-08-30 closure RC8 e1
    2 2016-01-10 referral 3A e2
    2 2016-01-12 referral_nfa e2
    1 2016-02-01 referral 2A e3
    1 2016-02-01 need N4 e3 known 2016-03-01
    1 2016-03-01 assessment_end e3
    1 2016-03-01 factor 16A e3
    1 2016-04-01 closure RC7 e3
";

#[test]
fn counts_days_and_states_by_hand() {
    let (cohort, matrix) = matrix(&story(FAMILY), Point::AtReferral);
    let dates: Vec<String> = cohort.rows.iter().map(|r| r.predict_on.to_string()).collect();
    assert_eq!(dates, ["2015-06-01", "2016-02-01", "2016-01-10"], "sorted by household, child, date");
    // Child 1 on 2015-06-01: one contact 31 days ago; records reach back 61 days to 2015-04-01, so 90 days are not
    // observed and count as missing; the index referral itself is not counted.
    assert_values(
        &matrix,
        0,
        &[
            ("contact_n90", -1.0),
            ("contact_n_ever", 1.0),
            ("contact_since", 31.0),
            ("referral_n_ever", 0.0),
            ("referral_since", -1.0),
            ("observed_days", 61.0),
            ("index_referral_police", 1.0),
            ("index_referral_schools", 0.0),
            ("sibling_referral_n_ever", 0.0),
            ("siblings_known", 0.0),
            ("age_years", 1187.0 / 365.25),
        ],
    );
    // Child 1 on 2016-02-01: 306 days observed. The earlier referral is 245 days ago, its closure 155 days ago, its
    // factors 215 days ago, and its need counts by its own date though known later. The sibling was referred 22 days ago.
    assert_values(
        &matrix,
        1,
        &[
            ("referral_n90", 0.0),
            ("referral_n180", 0.0),
            ("referral_n365", -1.0),
            ("referral_n_ever", 1.0),
            ("referral_since", 245.0),
            ("referral_police_since", 245.0),
            ("referral_schools_n_ever", 0.0),
            ("closure_n180", 1.0),
            ("closure_after_assessment_since", 155.0),
            ("factor_n_ever", 2.0),
            ("factor_domestic_abuse_since", 215.0),
            ("need_abuse_or_neglect_since", 245.0),
            ("need_acute_stress_n_ever", 0.0),
            ("factor_neglect_n_ever", 0.0),
            ("episode_open", 0.0),
            ("episode_total_days", 90.0),
            ("assessment_total_days", 28.0),
            ("index_referral_schools", 1.0),
            ("sibling_referral_n90", 1.0),
            ("sibling_referral_since", 22.0),
            ("siblings_known", 1.0),
            ("sex_female", 1.0),
            ("ethnicity_asian", 1.0),
            ("disability_aut", 1.0),
            ("disability_mob", 0.0),
        ],
    );
    // Child 2 on 2016-01-10, seven months before birth: unborn, age 0, and its whole life is observed, so windows are
    // zero, not missing. Nothing is recorded of sex or disability.
    assert_values(
        &matrix,
        2,
        &[
            ("unborn", 1.0),
            ("age_years", 0.0),
            ("referral_n730", 0.0),
            ("sex_female", -1.0),
            ("disability_aut", -1.0),
            // Its sister is older: of her, only what the records reach back to is known.
            ("sibling_referral_n180", 0.0),
            ("sibling_referral_n365", -1.0),
            ("siblings_known", 1.0),
        ],
    );
}

#[test]
fn facts_of_the_index_episode_are_admitted_by_name_at_their_point() {
    let history = story(FAMILY);
    let (cohort, at_end) = matrix(&history, Point::AtAssessmentEnd);
    let row = cohort.rows.iter().position(|r| r.predict_on.to_string() == "2016-03-01").unwrap();
    assert_values(
        &at_end,
        row,
        &[
            ("index_need_acute_stress", 1.0),
            ("index_factor_neglect", 1.0),
            ("index_factor_domestic_abuse", 0.0),
            ("factor_neglect_n_ever", 0.0),
            ("referral_n_ever", 2.0),
            ("episode_open", 1.0),
            ("episode_open_days", 29.0),
        ],
    );
    assert!(at_end.features.iter().all(|f| !f.id.starts_with("index_closure")));
    let (cohort, at_closure) = matrix(&history, Point::AtClosure);
    let row = cohort.rows.iter().position(|r| r.predict_on.to_string() == "2016-04-01").unwrap();
    assert_values(&at_closure, row, &[("index_closure_ceased", 1.0), ("index_factor_neglect", 1.0)]);
    let (_, at_referral) = matrix(&history, Point::AtReferral);
    assert!(at_referral.features.iter().all(|f| !f.id.starts_with("index_need")));
}

#[test]
fn what_ends_an_episode_ends_it_once() {
    let history = story(
        "child 1 born 2010-01-01\n1 2016-01-01 referral 6 e1\n1 2016-01-03 referral_nfa e1\n1 2016-01-05 closure RC7 e1\n\
         1 2017-01-01 referral 6 e2",
    );
    let (_, matrix) = matrix(&history, Point::AtReferral);
    assert_values(&matrix, 1, &[("episode_open", 0.0), ("episode_total_days", 2.0)]);
}

#[test]
fn an_end_without_a_start_leaves_the_time_in_all_missing() {
    let history = story("child 1 born 2010-01-01\n1 2015-06-01 cp_end e9\n1 2016-01-01 referral 6 e1");
    let (_, matrix) = matrix(&history, Point::AtReferral);
    assert_values(&matrix, 0, &[("cp_total_days", -1.0), ("cp_open", 0.0)]);
}

/// Of two referrals on one day the one whose episode lasts longest is asked about; which that is nobody knew on the day, so
/// it must not move a feature.
#[test]
fn later_closures_do_not_choose_among_the_sources_of_one_day() {
    let family = |first: &str, second: &str| {
        story(&format!(
            "
    child 1 born 2012-03-01
    1 2016-02-01 referral 6 e1
    1 2016-02-01 referral 2A e2
    1 {first} closure RC8 e1
    1 {second} closure RC8 e2
"
        ))
    };
    let one = matrix(&family("2016-03-01", "2016-05-01"), Point::AtReferral);
    let other = matrix(&family("2016-05-01", "2016-03-01"), Point::AtReferral);
    assert_ne!(one.0.rows[0].episode, other.0.rows[0].episode);
    assert_values(&one.1, 0, &[("index_referral_police", 1.0), ("index_referral_schools", 1.0)]);
    let bits = |m: &Matrix| m.row(0).iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&one.1), bits(&other.1));
}

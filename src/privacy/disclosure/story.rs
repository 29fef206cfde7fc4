//! One case told in full, through the rules: only where all data are simulated. Of a real child, and then with a permission, the
//! facts may pass that a model was given, and never a story, which has dates in it. Facts say how many days ago an event was: who
//! knows the day of the referral knows its date.

use crate::explain::story::{Given, Story};

/// What a case is told with. Nothing outside [`crate::privacy::disclosure`] can make one.
#[derive(Clone, Debug, PartialEq)]
pub struct PassedStory {
    simulated: bool,
    given: Vec<Given>,
    story: Option<Story>,
}

impl PassedStory {
    /// Of a simulated child: everything.
    pub(super) fn simulated(given: &[Given], story: Option<&Story>) -> Self {
        Self { simulated: true, given: given.to_vec(), story: story.cloned() }
    }

    /// Of a real child: what a model was given, and no date.
    pub(super) fn permitted(given: &[Given]) -> Self {
        Self { simulated: false, given: given.to_vec(), story: None }
    }

    /// Whether the child is simulated.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.simulated
    }

    /// Every fact as the model was given it, by part of the records.
    #[must_use]
    pub fn given(&self) -> &[Given] {
        &self.given
    }

    /// What is on record of a simulated child.
    #[must_use]
    pub fn story(&self) -> Option<&Story> {
        self.story.as_ref()
    }
}

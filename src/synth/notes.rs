//! stub
use crate::io::settings::Section;
use rand_chacha::ChaCha8Rng;
#[derive(Clone, Debug, PartialEq, Default)]
pub struct NoteSettings {
    pub agreement: f64,
}
impl NoteSettings {
    pub(super) fn read(s: &Section<'_>) -> Self {
        Self { agreement: s.number("agreement", 0.0..=1.0).unwrap_or(0.8) }
    }
}
pub(super) enum NoteKind {
    Contact,
    Assessment,
    Visit,
}
pub(super) struct About<'a> {
    pub kind: NoteKind,
    pub months: i32,
    pub sex: u8,
    pub factors: &'a [u8],
    pub source: u8,
    pub engaged: bool,
}
pub(super) struct Note {
    pub text: String,
}
pub(super) fn write(_: &About<'_>, _: &NoteSettings, _: &mut ChaCha8Rng) -> Note {
    Note { text: String::new() }
}

//! The world that Typst sees: one source, the drawings, the fonts that come with the program, and no day.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Sheets;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Content, Datetime, Duration, Smart};
use typst::introspection::Introspector;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::report::fonts;

/// Fonts and what is known of them, read once.
static FONTS: LazyLock<(Vec<Font>, LazyHash<FontBook>)> = LazyLock::new(|| {
    let fonts: Vec<Font> = fonts::FONTS.iter().flat_map(|data| Font::iter(Bytes::new(*data))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    (fonts, book)
});

struct Paper {
    library: LazyHash<Library>,
    source: Source,
    files: BTreeMap<String, Bytes>,
}

/// Sets a source with drawings `figure-1.svg` and so on. Gives the file, and the sheet on which each labelled heading stands.
///
/// # Errors
/// What Typst says.
pub(super) fn print(source: String, figures: Vec<String>, title: &str) -> Result<(Vec<u8>, Sheets), String> {
    let main = VirtualPath::new("/report.typ").map_err(|_| "a file has no name")?;
    let id = RootedPath::new(VirtualRoot::Project, main).intern();
    let named = (1_usize..).zip(figures);
    let files = named.map(|(n, svg)| (format!("/figure-{n}.svg"), Bytes::from_string(svg))).collect();
    // Rows of tables are heads of their own for screen readers.
    let library = Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build();
    let paper = Paper { library: LazyHash::new(library), source: Source::new(id, source), files };
    let document = typst::compile::<PagedDocument>(&paper).output.map_err(|all| said(&all))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|why| why.message().to_string())?;
    let options = PdfOptions { ident: Smart::Custom(title.to_owned()), standards, ..PdfOptions::default() };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|all| said(&all))?;
    Ok((bytes, sheets(&document)))
}

/// The sheet, from 1, of each label.
fn sheets(document: &PagedDocument) -> Sheets {
    let introspector = document.introspector();
    let labelled = introspector.query_labelled();
    let place = |content: &Content| {
        let sheet = introspector.page(content.location()?)?;
        Some((content.label()?.resolve().to_string(), sheet.get()))
    };
    labelled.iter().filter_map(place).collect()
}

fn said(all: &[SourceDiagnostic]) -> String {
    let one = |d: &SourceDiagnostic| {
        let hints: Vec<String> = d.hints.iter().map(|hint| hint.v.to_string()).collect();
        format!("{} {}", d.message, hints.join(" "))
    };
    all.iter().map(one).collect::<Vec<String>>().join("; ")
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.1
    }

    fn main(&self) -> FileId {
        self.source.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.source.id() { Ok(self.source.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get().vpath().get_with_slash();
        self.files.get(path).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.0.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

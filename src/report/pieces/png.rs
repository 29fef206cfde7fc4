//! A drawing as PNG, in the fonts that come with the program: the same picture on any machine.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::report::fonts;

/// Dots for each unit of a drawing: sharp on a slide and on paper.
const SCALE: f32 = 2.0;

/// The fonts, read once.
static BOOK: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut book = fontdb::Database::new();
    for data in fonts::FONTS.iter() {
        book.load_font_source(fontdb::Source::Binary(Arc::new(*data)));
    }
    Arc::new(book)
});

/// Draws an SVG file on white. The bytes say nothing beside the picture: no program, no time.
///
/// # Errors
/// In words, where the drawing cannot be read or is too large.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options {
        fontdb: Arc::clone(&BOOK),
        font_family: "Libertinus Serif".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|e| e.to_string())?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or("a picture has no size")?;
    let mut canvas = Pixmap::new(size.width(), size.height()).ok_or("a picture is too large")?;
    canvas.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut canvas.as_mut());
    canvas.encode_png().map_err(|e| e.to_string())
}

//! A drawing as PNG, in the fonts that come with the program: the same picture on any machine.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

/// Dots for each unit of a drawing: sharp on a slide and on paper.
const SCALE: f32 = 2.0;

/// The fonts that come with the program, read once; none of the system's.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for data in typst_assets::fonts() {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(data)));
    }
    Arc::new(fonts)
});

/// Draws an SVG file on white. The bytes say nothing beside the picture: no program, no time.
///
/// # Errors
/// In words, where the drawing cannot be read or is too large.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options {
        fontdb: Arc::clone(&FONTS),
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

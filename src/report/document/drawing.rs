//! A drawing by itself: as in the page, in the colours of print.

#[cfg(feature = "pdf")]
use super::Figure;

/// Families that a drawing by itself is set in: the first is the one that the PDF brings along.
const FAMILIES: &str = "\"Libertinus Serif\",\"Noto Sans\",\"Liberation Sans\",Arial,sans-serif";

/// An SVG file.
#[cfg(feature = "pdf")]
pub(in crate::report) fn svg(figure: &Figure, page_style: &str) -> String {
    let (width, height) = figure.size;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\
         <style>{}</style>{}</svg>\n",
        rules(page_style),
        figure.drawing
    )
}

/// The rules of the page for drawings, with the colours of print for their names.
pub(in crate::report) fn rules(page: &str) -> String {
    let print = page.split("@media print{").nth(1).unwrap_or_default();
    let names = print.split('}').next().unwrap_or_default();
    let colours: Vec<(&str, &str)> =
        names.split(['{', ';']).filter_map(|part| part.trim().strip_prefix("--")?.split_once(':')).collect();
    let screen = page.split("@media").filter(|part| !part.contains("print{"));
    let rules = screen.flat_map(str::lines).filter(|line| line.starts_with("svg "));
    let mut out: Vec<String> =
        rules.map(|rule| rule.replace("svg .", ".").replace("svg text", "text")).collect();
    for rule in &mut out {
        for (name, colour) in &colours {
            *rule = rule.replace(&format!("var(--{name})"), colour);
        }
        if let (Some(from), true) = (rule.find("font-family:"), rule.starts_with("text{")) {
            let to = rule[from..].find(';').map_or(rule.len() - 1, |length| from + length);
            rule.replace_range(from..to, &format!("font-family:{FAMILIES}"));
        }
    }
    out.concat()
}

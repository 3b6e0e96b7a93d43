//! The theme's colours against what they lie on: text 4.5 to 1, shapes that mean something 3 to 1, as WCAG counts.

use busbar::editor::THEME;
use nice_plug_vizia::widgets;
use std::collections::BTreeMap;

const TEXT: f64 = 4.5;
const SHAPE: f64 = 3.0;

/// What text and shapes of strips, groups and the master may lie on.
const SURFACES: [&str; 4] = [".strip, .group, .master", ".group", ".master", "hold"];

/// A theme's rules: properties by selector, custom properties under `:root`.
struct Theme {
    rules: BTreeMap<String, BTreeMap<String, String>>,
}

impl Theme {
    /// Of several style sheets, later ones over earlier ones.
    fn new(sheets: &[&str]) -> Self {
        let mut rules: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for rule in sheets.iter().flat_map(|sheet| sheet.split('}')) {
            let Some((head, body)) = rule.split_once('{') else { continue };
            // Comments stand before rules and, in `:root`, between properties.
            let selector = head.rsplit("*/").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
            let selector = if selector.starts_with(":root") { ":root".to_owned() } else { selector };
            for line in body.split(';') {
                let line = line.rsplit("*/").next().unwrap();
                if let Some((name, value)) = line.split_once(':') {
                    let rule = rules.entry(selector.clone()).or_default();
                    rule.insert(name.trim().to_owned(), value.trim().to_owned());
                }
            }
        }
        Self { rules }
    }

    fn value(&self, selector: &str, property: &str) -> Option<&str> {
        let value = self.rules.get(selector)?.get(property)?;
        match value.strip_prefix("var(").and_then(|name| name.strip_suffix(')')) {
            Some(name) => self.value(":root", name),
            None => Some(value),
        }
    }

    fn color(&self, selector: &str, property: &str) -> Option<[f64; 3]> {
        let hex = self.value(selector, property)?.strip_prefix('#')?;
        let channel = |at: usize| Some(f64::from(u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()?) / 255.0);
        (hex.len() == 6).then(|| Some([channel(0)?, channel(2)?, channel(4)?]))?
    }

    fn custom(&self, name: &str) -> [f64; 3] {
        self.color(":root", name).unwrap_or_else(|| panic!("{name} is no colour of the theme"))
    }

    fn grounds(&self) -> Vec<[f64; 3]> {
        let grounds = SURFACES.map(|selector| {
            self.color(selector, "background-color").unwrap_or_else(|| panic!("`{selector}` has no ground"))
        });
        [grounds.as_slice(), &[self.custom("--ground"), self.custom("--panel")]].concat()
    }
}

fn luminance(color: [f64; 3]) -> f64 {
    let [red, green, blue] =
        color.map(|c| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_is_legible_where_it_lies() {
    let theme = Theme::new(&[widgets::THEME, THEME]);
    let own = Theme::new(&[THEME]);
    let mut n_texts = 0;
    for selector in own.rules.keys() {
        // What is lit is tested below.
        let Some(text) = theme.color(selector, "color").filter(|_| !selector.contains(".lit")) else {
            continue;
        };
        n_texts += 1;
        let grounds = match theme.color(selector, "background-color") {
            Some(ground) => vec![ground],
            None => theme.grounds(),
        };
        for ground in grounds {
            let contrast = contrast(text, ground);
            assert!(contrast >= TEXT, "text of `{selector}`: {contrast:.2} to 1 on {ground:.2?}");
        }
    }
    assert!(n_texts > 10, "only {n_texts} colours of text were found");
    // The table of loudness writes with three colours.
    let ground = theme.color("loudness", "background-color").unwrap();
    for property in ["border-color", "caret-color"] {
        let contrast = contrast(theme.color("loudness", property).unwrap(), ground);
        assert!(contrast >= TEXT, "{property} of loudness: {contrast:.2} to 1");
    }
    for quiet in ["--text", "--quiet", "--value", "--value-quiet"] {
        for ground in theme.grounds() {
            let contrast = contrast(theme.custom(quiet), ground);
            assert!(contrast >= TEXT, "{quiet}: {contrast:.2} to 1 on {ground:.2?}");
        }
    }
}

#[test]
fn text_is_legible_on_what_is_lit() {
    let theme = Theme::new(&[widgets::THEME, THEME]);
    for lit in ["--lit", "--value", "--mute", "--solo", "--safe", "--send", "--reduction", "--over"] {
        for text in ["--lit-text", "--on-light"] {
            let contrast = contrast(theme.custom(text), theme.custom(lit));
            assert!(contrast >= TEXT, "{text} on {lit}: {contrast:.2} to 1");
        }
    }
}

#[test]
fn shapes_stand_out() {
    let theme = Theme::new(&[widgets::THEME, THEME]);
    for shape in [
        "--edge",
        "--mark",
        "--lit",
        "--value",
        "--value-quiet",
        "--mute",
        "--solo",
        "--safe",
        "--send",
        "--focus",
    ] {
        for ground in theme.grounds() {
            let contrast = contrast(theme.custom(shape), ground);
            assert!(contrast >= SHAPE, "{shape}: {contrast:.2} to 1 on {ground:.2?}");
        }
    }
    // In the dark bars of meters.
    let properties = ["selection-color", "border-color", "caret-color", "outline-color"];
    for (view, n_properties) in [("meter", 4), ("correlation", 3)] {
        let bar = theme.color(view, "background-color").unwrap();
        for property in &properties[..n_properties] {
            let contrast = contrast(theme.color(view, property).unwrap(), bar);
            assert!(contrast >= SHAPE, "{property} of {view}: {contrast:.2} to 1");
        }
    }
}

#[test]
fn contrast_is_what_is_commonly_counted() {
    let black_on_white = contrast([0.0; 3], [1.0; 3]);
    assert!((black_on_white - 21.0).abs() < 1e-9, "{black_on_white}");
    // A well-known pair: #767676 is the lightest grey that is legible on white.
    assert!((contrast([f64::from(0x76) / 255.0; 3], [1.0; 3]) - 4.54).abs() < 0.005);
}

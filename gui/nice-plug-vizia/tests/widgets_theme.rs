//! The colours of the controls: as far apart as eyes need it, and all of them used.

use std::collections::HashMap;

use nice_plug_vizia::widgets::THEME;

/// The custom properties of the first rule that are opaque colours.
fn colors() -> HashMap<&'static str, [u8; 3]> {
    let root = THEME.split('{').nth(1).and_then(|rule| rule.split('}').next()).expect("a first rule");
    let colors: HashMap<_, _> = root
        .lines()
        .filter_map(|line| line.trim().strip_suffix(';')?.split_once(": #"))
        .filter(|(_, hex)| hex.len() == 6)
        .map(|(name, hex)| {
            let rgb = u32::from_str_radix(hex, 16).expect("six hexadecimal digits").to_be_bytes();
            (name, [rgb[1], rgb[2], rgb[3]])
        })
        .collect();
    assert!(colors.len() > 30, "only {} colours", colors.len());
    colors
}

/// WCAG 2.2, relative luminance.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|channel| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn texts_and_shapes_stand_out() {
    // Black on white is known.
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    let colors = colors();
    let pairs = [
        // Texts: 4.5.
        ("--text", "--surface", 4.5),
        ("--text", "--control", 4.5),
        ("--text", "--control-over", 4.5),
        ("--text", "--sheet", 4.5),
        ("--text-quiet", "--surface", 4.5),
        ("--text-quiet", "--control", 4.5),
        ("--modulation", "--surface", 4.5),
        ("--lit-text", "--lit", 4.5),
        ("--pick-text", "--pick", 4.5),
        ("--foreground", "--background", 4.5),
        ("--popover-foreground", "--popover", 4.5),
        ("--muted-foreground", "--background", 4.5),
        ("--primary-foreground", "--primary", 4.5),
        ("--accent-foreground", "--accent", 4.5),
        // Shapes: 3.
        ("--edge", "--surface", 3.0),
        ("--value", "--control", 3.0),
        ("--value", "--control-over", 3.0),
        ("--value-quiet", "--control", 3.0),
        ("--value-quiet", "--control-over", 3.0),
        ("--lit", "--surface", 3.0),
        ("--modulation", "--control", 3.0),
        ("--focus", "--surface", 3.0),
        ("--wrong", "--surface", 3.0),
        ("--border", "--background", 3.0),
    ];
    for (front, back, least) in pairs {
        let found = contrast(colors[front], colors[back]);
        assert!(found >= least, "{front} on {back}: {found:.2}, not {least}");
    }
}

#[test]
fn what_is_not_yet_filled_differs_from_what_is() {
    let colors = colors();
    // The track is the edge's colour, 55 % of it: see `ink::TRACK`.
    let over = |front: [u8; 3], back: [u8; 3], by: f64| {
        let mix = |i: usize| f64::from(back[i]) + (f64::from(front[i]) - f64::from(back[i])) * by;
        [0, 1, 2].map(|i| mix(i).round() as u8)
    };
    let track = over(colors["--edge"], colors["--surface"], 0.55);
    for name in ["--value", "--value-quiet", "--modulation"] {
        let found = contrast(colors[name], track);
        assert!(found >= 3.0, "{name} on the track: {found:.2}");
    }
}

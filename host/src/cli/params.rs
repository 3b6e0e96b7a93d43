//! `--params`: what can be set, and how its values are written.

use crate::bundle::Bundle;
use crate::error::Error;
use crate::params::{Param, ParamFlags};
use crate::plugin::Plugin;
use crate::render::SIZES;
use std::io::{self, Write};
use std::path::Path;

use super::run::CliError;

/// What people may type beside what is listed.
const FORMS: &str = "
Units may be left out, case and spaces do not matter, and a comma serves as the decimal point.
Decibels: -6, -6 dB, -inf, and as gains 50% or 2x. Positions: L30, C, R100, or -100 to 100.
Switches: on, off. Parameters may also be called by their names, such as \"S01 Fader\".
Those marked * cannot be automated.
";

/// One line of the list.
struct Row {
    id: String,
    default: String,
    values: String,
}

/// Prints the parameters of this size, the smallest if there is none.
pub(super) fn print(bundle: &Path, size: Option<usize>, out: &mut dyn Write) -> Result<(), CliError> {
    let size = size.unwrap_or(SIZES[0]);
    let mut plugin = Bundle::load(bundle)?.instantiate(&format!("org.busbar.busbar-{size}"))?;
    let rows = rows(&mut plugin)?;
    Ok(print_rows(&plugin.description().name, &rows, out)?)
}

fn print_rows(plugin: &str, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let width = |column: fn(&Row) -> &str, title: &str| {
        rows.iter().map(|row| column(row).chars().count()).chain([title.len()]).max().unwrap_or(0)
    };
    let (id, default) = (width(|row| &row.id, "id"), width(|row| &row.default, "default"));
    writeln!(out, "{plugin}: {} parameters\n\n{:id$}  {:default$}  values", rows.len(), "id", "default")?;
    for row in rows {
        writeln!(out, "{:id$}  {:default$}  {}", row.id, row.default, row.values)?;
    }
    out.write_all(FORMS.as_bytes())
}

fn rows(plugin: &mut Plugin) -> Result<Vec<Row>, Error> {
    let ids = plugin.string_ids();
    let params = plugin.params().to_vec();
    params
        .iter()
        .map(|param| {
            let id = ids.iter().find(|(_, numeric)| *numeric == param.id).map(|(id, _)| id.clone());
            let mark = if param.flags.contains(ParamFlags::IS_AUTOMATABLE) { "" } else { "*" };
            Ok(Row {
                // Where the plugin does not tell its ids, its names serve.
                id: id.unwrap_or_else(|| param.name.clone()) + mark,
                default: plugin.value_to_text(param.id, param.default)?,
                values: values(plugin, param)?,
            })
        })
        .collect()
}

/// `Off, On`, or `-inf dB to 12 dB`.
fn values(plugin: &mut Plugin, param: &Param) -> Result<String, Error> {
    let steps = param.steps();
    let listed = steps.as_deref().unwrap_or(&[param.min, param.max]).to_vec();
    let texts: Vec<String> =
        listed.into_iter().map(|value| plugin.value_to_text(param.id, value)).collect::<Result<_, _>>()?;
    Ok(texts.join(if steps.is_some() { ", " } else { " to " }))
}

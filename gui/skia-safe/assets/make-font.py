#!/usr/bin/env python3
"""Puts the subsets of the variable font Roboto together into one file.

Usage: make-font.py FOLDER OUT.ttf, where FOLDER is `package/files` of `npm pack @fontsource-variable/roboto@5.3.0`.
Needs fonttools and brotli. The subsets come from one source, so that axes and units agree; layout tables are those of the
Latin subset, and widths of other glyphs vary by their phantom points. Signs that Roboto does not have are drawn here, and
are alike in every weight and width.
"""

import sys
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

SUBSETS = ["latin", "latin-ext", "greek", "cyrillic", "symbols", "math"]
# What mixers, menus and figures need beyond letters.
EXTRA_RANGES = [(0x2000, 0x206F), (0x20A0, 0x20BF), (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x25FF), (0x2600, 0x27BF)]
DROPPED = ["HVAR", "VVAR", "hdmx", "VDMX", "LTSH", "DSIG", "cvar", "cvt ", "fpgm", "prep", "gasp"]

# Polygons in units of the font, 2048 to the em, clockwise; letters are 1456 high.
UP = [(100, 150), (600, 1150), (1100, 150)]
ARROW_UP = [(530, 0), (530, 1045), (230, 745), (131, 844), (600, 1313), (1069, 844), (970, 745), (670, 1045), (670, 0)]
CHECK = [(100, 620), (205, 725), (480, 450), (1095, 1165), (1195, 1065), (485, 235)]
SIGNS_WIDTH = 1200


def turned(polygon, quarters):
    """The polygon, turned to the right around the middle of the signs."""
    for _ in range(quarters):
        polygon = [(y - 650 + 600, 600 - x + 650) for x, y in polygon]
    return polygon


SIGNS = {0x2713: CHECK}
SIGNS |= {code: turned(UP, quarters) for quarters, code in enumerate([0x25B2, 0x25B6, 0x25BC, 0x25C0])}
SIGNS |= {code: turned(ARROW_UP, quarters) for quarters, code in enumerate([0x2191, 0x2192, 0x2193, 0x2190])}


def is_wanted(subset, code):
    return subset not in ("symbols", "math") or any(low <= code <= high for low, high in EXTRA_RANGES)


def main(folder, out):
    base = TTFont(f"{folder}/roboto-latin-wdth-normal.woff2", recalcTimestamp=False)
    axes = [(axis.axisTag, axis.minValue, axis.defaultValue, axis.maxValue) for axis in base["fvar"].axes]
    order = base.getGlyphOrder()[:]
    cmap = dict(base.getBestCmap())
    glyf, gvar, hmtx = base["glyf"], base["gvar"], base["hmtx"]
    for subset in SUBSETS[1:]:
        font = TTFont(f"{folder}/roboto-{subset}-wdth-normal.woff2")
        other_axes = [(axis.axisTag, axis.minValue, axis.defaultValue, axis.maxValue) for axis in font["fvar"].axes]
        assert axes == other_axes and font["head"].unitsPerEm == base["head"].unitsPerEm, subset
        wanted = {code: name for code, name in font.getBestCmap().items() if code not in cmap and is_wanted(subset, code)}
        names, todo = {}, list(wanted.values())
        while todo:
            name = todo.pop()
            if name in names:
                continue
            names[name] = f"{subset}.{name}"
            glyph = font["glyf"][name]
            if glyph.isComposite():
                todo.extend(part.glyphName for part in glyph.components)
        for name, new_name in names.items():
            glyph = font["glyf"][name]
            if glyph.isComposite():
                for part in glyph.components:
                    part.glyphName = names[part.glyphName]
            glyf.glyphs[new_name] = glyph
            hmtx.metrics[new_name] = font["hmtx"].metrics[name]
            gvar.variations[new_name] = font["gvar"].variations.get(name, [])
            order.append(new_name)
        cmap.update({code: names[name] for code, name in wanted.items()})
    for code, polygon in SIGNS.items():
        assert code not in cmap, hex(code)
        pen, name = TTGlyphPen(None), f"sign.{code:04X}"
        pen.moveTo(polygon[0])
        for point in polygon[1:]:
            pen.lineTo(point)
        pen.closePath()
        glyf.glyphs[name] = pen.glyph()
        glyf.glyphs[name].recalcBounds(glyf)
        hmtx.metrics[name] = (SIGNS_WIDTH, min(x for x, _ in polygon))
        gvar.variations[name] = []
        order.append(name)
        cmap[code] = name
    glyf.glyphOrder = order
    base.setGlyphOrder(order)
    for name in order:
        glyf.glyphs[name].expand(glyf) if hasattr(glyf.glyphs[name], "data") else None
        glyf.glyphs[name].removeHinting()
    for table in DROPPED:
        if table in base:
            del base[table]
    for table in base["cmap"].tables:
        if table.isUnicode():
            table.cmap = {code: name for code, name in cmap.items() if code < 0x10000 or table.format == 12}
    base["maxp"].numGlyphs = len(order)
    base["post"].formatType = 3.0
    base.flavor = None
    base.save(out)


main(*sys.argv[1:])

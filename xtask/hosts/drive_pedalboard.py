"""pedalboard: VST3, built on JUCE, main bus only. It offers no channels on the auxiliary outputs, which the bus guard answers."""

import time

import numpy as np
import pedalboard

import common
from common import RATE_HZ, must

STRIP_1 = {"S01 Fader": "-3.5 dB", "S01 Trim": "1.5 dB", "S01 Width": "60 %", "S01 Pan": "L30", "Master Fader": "-0.75 dB"}


def load(size):
    return pedalboard.load_plugin(common.vst3(), plugin_name=f"Busbar {size}")


def by_name(plugin):
    """Parameters by the names that Busbar gives them.

    `plugin.parameters` would be the public way. It probes a thousand texts of each parameter, as loading has done before: that
    is most of what this driver's time would be.
    """
    return {parameter.name: parameter for parameter in plugin._parameters}


def set_texts(plugin, settings):
    parameters = by_name(plugin)
    for name, text in settings.items():
        parameter = parameters[name]
        parameter.raw_value = parameter.get_raw_value_for_text(text)


def loads(size):
    start = time.monotonic()
    plugin = load(size)
    took_s = time.monotonic() - start
    must(plugin.name == f"Busbar {size}", f"it calls itself {plugin.name}")
    parameters = by_name(plugin)
    n_wanted, n_listed = len(common.parameter_ids(size)), len(parameters)
    must(n_listed == n_wanted, f"{n_listed} parameters are listed, not {n_wanted}")
    mute = [name for name, parameter in parameters.items() if not parameter.string_value]
    must(not mute, f"parameters without a text: {mute[:4]}")
    texts = {name: parameters[name].string_value for name in (f"S{size:02} Fader", f"S{size:02} Pan")}
    must(list(texts.values()) == ["0 dB", "C"], f"the last strip's defaults read {texts}")
    print(f"Busbar {size}: {n_listed} parameters, opened in {took_s:.1f} s")
    return plugin


def bounce(plugin, audio, buffer_size=512):
    return plugin.process(audio, RATE_HZ, buffer_size=buffer_size, reset=True)


def stem_equals_render(plugin, stem):
    set_texts(plugin, STRIP_1)
    shown = {name: by_name(plugin)[name].string_value for name in STRIP_1}
    must(shown == STRIP_1, f"what was set reads {shown}")
    return common.must_equal(bounce(plugin, stem), common.reference([stem], STRIP_1, 8), "the bounce")


def block_sizes_agree(plugin, stem):
    set_texts(plugin, STRIP_1)
    start = common.loud_frame(stem, 0)
    short = stem[:, start : start + 10 * RATE_HZ]
    reference = bounce(plugin, short)
    for buffer_size in (1, 64, 511, 4096):
        frames = 20_000 if buffer_size == 1 else short.shape[1]
        common.must_equal(
            bounce(plugin, short[:, :frames], buffer_size), reference[:, :frames], f"buffers of {buffer_size}"
        )


def change_is_heard(plugin, stem):
    set_texts(plugin, STRIP_1)
    settings = {**STRIP_1, "S01 Fader": "-20 dB"}
    event = common.loud_frame(stem, RATE_HZ, grid=512)
    first = bounce(plugin, stem[:, :event])
    set_texts(plugin, settings)
    second = plugin.process(stem[:, event:], RATE_HZ, buffer_size=512, reset=False)
    before, after = (common.reference([stem], each, 8) for each in (STRIP_1, settings))
    common.must_step(np.hstack([first, second]), before, after, event)


def main():
    report = common.Report("pedalboard", pedalboard.__version__)
    plugins = {size: report.check(f"loads_busbar_{size}", lambda size=size: loads(size)) for size in common.SIZES}
    report.seen("sizes", " ".join(str(size) for size, plugin in plugins.items() if plugin) or "none")
    inputs = common.stems(8)
    stem = inputs[common.steadiest(inputs)]
    plugin = plugins[8]
    if plugin:
        db = report.check("a_stem_equals_busbar_render", lambda: stem_equals_render(plugin, stem))
        report.seen("inputs", "1 of 8 (main bus)" if db else "?")
        report.seen("bounce", db or "?")
        report.check("buffer_sizes_bounce_alike", lambda: block_sizes_agree(plugin, stem))
        heard = report.check("a_change_between_blocks_is_heard", lambda: change_is_heard(plugin, stem) or True)
        report.seen("automation", "between blocks" if heard else "?")
    report.close()


if __name__ == "__main__":
    main()

"""minihost: VST3, built on JUCE, sample-accurate automation, state. It feeds the main bus and one side chain: strips 1 and 2."""

from xml.sax.saxutils import quoteattr

import minihost
import numpy as np

import common
from common import RATE_HZ, must

BLOCK_FRAMES = 512
# Of the settings, what concerns the strips that this host can feed.
SETTINGS = {name: text for name, text in common.SETTINGS.items() if not name.startswith(("S03", "S04"))}


def unique_id(size):
    """JUCE's number for a VST3 class: its id, read as four big-endian words, hashed with the factor 31 in 32 bits.

    The ids are frozen in plugin/src/busbar.rs.
    """
    class_id = f"BusbarMixerBus{size:02}".encode()
    number = 0
    for start in range(0, 16, 4):
        number = (31 * number + int.from_bytes(class_id[start : start + 4], "big")) & 0xFFFFFFFF
    return f"{number:x}"


def load(size):
    """By JUCE's description, because a path alone opens the bundle's first plugin."""
    name = quoteattr(f"Busbar {size}")
    xml = f'<PLUGIN name={name} format="VST3" file={quoteattr(common.vst3())} uniqueId="{unique_id(size)}" uid="0"/>'
    return minihost.Plugin.from_descriptor(xml, RATE_HZ, BLOCK_FRAMES, 2, 2)


def names_of(plugin):
    return [plugin.get_param_info(index)["name"] for index in range(plugin.num_params)]


def set_texts(plugin, settings):
    for name, text in settings.items():
        index = plugin.find_param(name)
        plugin.set_param(index, plugin.param_from_text(index, text))


def texts_of(plugin):
    return [plugin.param_to_text(index, plugin.get_param(index)) for index in range(plugin.num_params)]


def loads(size):
    plugin = load(size)
    buses = plugin.num_input_buses, plugin.num_output_buses
    must(buses == (size, 5), f"{buses} buses instead of ({size}, 5)")
    names = [plugin.get_bus_info(True, idx)["name"] for idx in range(size)]
    must(names == [f"Strip {idx + 1}" for idx in range(size)], f"inputs are called {names}")
    n_wanted = len(common.parameter_ids(size))
    must(plugin.num_params == n_wanted, f"{plugin.num_params} parameters are listed, not {n_wanted}")
    return True


def texts_come_back(plugin):
    """Each parameter at some places of its scale: the text means the value that shows it."""
    for index, name in enumerate(names_of(plugin)):
        for value in (0.0, 0.3, 0.75, 1.0):
            text = plugin.param_to_text(index, value)
            again = plugin.param_to_text(index, plugin.param_from_text(index, text))
            must(text and again == text, f"{name} at {value} reads {text!r}, and that text {again!r}")
    return True


def fresh():
    """Main bus and side chain are asked for by path only."""
    return minihost.Plugin(
        common.vst3(), sample_rate=RATE_HZ, max_block_size=BLOCK_FRAMES, in_channels=2, out_channels=2, sidechain_channels=2
    )


def blocks(n_frames):
    return ((start, min(start + BLOCK_FRAMES, n_frames)) for start in range(0, n_frames, BLOCK_FRAMES))


def bounce(plugin, inputs):
    n_frames = inputs[0].shape[1]
    mix = np.empty((2, n_frames), dtype=np.float32)
    for start, end in blocks(n_frames):
        main, side = (np.ascontiguousarray(audio[:, start:end]) for audio in inputs)
        out = np.zeros((plugin.num_output_channels, end - start), dtype=np.float32)
        plugin.process_sidechain(main, out, side)
        mix[:, start:end] = out[:2]
    return mix


def mix_equals_render(inputs):
    plugin = fresh()
    set_texts(plugin, SETTINGS)
    return common.must_equal(bounce(plugin, inputs), common.reference(inputs, SETTINGS, 8), "the bounce")


def state_comes_back(inputs):
    plugin = fresh()
    set_texts(plugin, SETTINGS)
    # A VST3 host hands values on with the next block; until one has been processed, the state does not hold them.
    wanted = bounce(plugin, inputs)
    state = plugin.get_state()
    other = fresh()
    must(texts_of(other) != texts_of(plugin), "the settings are the defaults, so a state proves nothing")
    other.set_state(state)
    must(texts_of(other) == texts_of(plugin), "a parameter did not come back")
    common.must_equal(bounce(other, inputs), wanted, "the bounce after loading the state")
    return True


def automation(stem):
    """One fader jumps at a sample in the middle of a block, back at another: to the sample, not to the block."""
    plugin = minihost.Plugin(common.vst3(), sample_rate=RATE_HZ, max_block_size=BLOCK_FRAMES)
    index = plugin.find_param("S01 Fader")
    loud, soft = (plugin.param_from_text(index, text) for text in ("0 dB", "-12 dB"))
    down = common.loud_frame(stem, RATE_HZ, grid=BLOCK_FRAMES, offset=137)
    up = common.loud_frame(stem, down + 2 * RATE_HZ, grid=BLOCK_FRAMES, offset=411)
    mix = np.empty_like(stem)
    for start, end in blocks(stem.shape[1]):
        out = np.zeros((plugin.num_output_channels, end - start), dtype=np.float32)
        events = [(at - start, index, value) for at, value in ((down, soft), (up, loud)) if start <= at < end]
        plugin.process_auto(np.ascontiguousarray(stem[:, start:end]), out, [], events)
        mix[:, start:end] = out[:2]
    before, after = (common.reference([stem], {"S01 Fader": text}, 8) for text in ("0 dB", "-12 dB"))
    common.must_step(mix[:, :up], before[:, :up], after[:, :up], down)
    # After the first ramp the gain rests at the lower value; from there the second event is judged alike.
    rest = down + common.RAMP_SAMPLES
    common.must_step(mix[:, rest:], after[:, rest:], before[:, rest:], up - rest)
    return True


def main():
    report = common.Report("minihost", minihost.__version__)
    loaded = [size for size in common.SIZES if report.check(f"loads_busbar_{size}", lambda size=size: loads(size))]
    report.seen("sizes", " ".join(map(str, loaded)) or "none")
    report.check("every_text_means_its_value", lambda: texts_come_back(load(32)))
    inputs = common.stems(8)
    steady = inputs[common.steadiest(inputs)]
    inputs = inputs[:2]
    db = report.check("two_strips_equal_busbar_render", lambda: mix_equals_render(inputs))
    report.seen("inputs", "2 of 8 (main, side chain)" if db else "?")
    report.seen("bounce", db or "?")
    report.check("a_state_comes_back", lambda: state_comes_back(inputs))
    exact = report.check("automation_starts_at_its_sample", lambda: automation(steady))
    report.seen("automation", "to the sample" if exact else "?")
    report.close()


if __name__ == "__main__":
    main()

"""dawdreamer: VST3, built on JUCE, all inputs and outputs of the bundle's first plugin, automation per block."""

import dawdreamer
import minihost
import numpy as np

import common
from common import RATE_HZ, must

BLOCK_FRAMES = 512
SIZE = 8  # The bundle's first plugin is the one that dawdreamer takes.
GROUP_A = slice(2, 4)  # The channels after the master's.
MASTER = slice(0, 2)


def build(inputs):
    """An engine with the plugin fed by these stems, one to each input bus."""
    engine = dawdreamer.RenderEngine(RATE_HZ, BLOCK_FRAMES)
    plugin = engine.make_plugin_processor("busbar", common.vst3())
    names = [f"stem {idx + 1}" for idx in range(len(inputs))]
    players = [engine.make_playback_processor(name, audio) for name, audio in zip(names, inputs)]
    engine.load_graph([(player, []) for player in players] + [(plugin, names)])
    return engine, plugin


def raw_values(settings):
    """Parameter indices and 0…1 values of texts: dawdreamer does not ask a plugin what a text means, minihost does."""
    plugin = minihost.Plugin(common.vst3(), sample_rate=RATE_HZ, max_block_size=BLOCK_FRAMES)
    found = {name: plugin.find_param(name) for name in settings}
    return {index: plugin.param_from_text(index, settings[name]) for name, index in found.items()}


def bounce(inputs, settings, automation=None):
    engine, plugin = build(inputs)
    for index, value in raw_values(settings).items():
        plugin.set_parameter(index, value)
    for index, values in (automation or {}).items():
        must(plugin.set_automation(index, values), "set_automation was refused")
    must(engine.render(inputs[0].shape[1] / RATE_HZ), "render failed")
    return plugin.get_audio()[:, : inputs[0].shape[1]]


def loads():
    _, plugin = build([np.zeros((2, BLOCK_FRAMES), dtype=np.float32)] * SIZE)
    channels = plugin.get_num_input_channels(), plugin.get_num_output_channels()
    must(channels == (2 * SIZE, 10), f"{channels} channels instead of ({2 * SIZE}, 10)")
    described = plugin.get_parameters_description()
    n_wanted = len(common.parameter_ids(SIZE))
    must(len(described) == n_wanted, f"{len(described)} parameters are listed, not {n_wanted}")
    mute = [each["name"] for each in described if not each["text"]]
    must(not mute, f"parameters without a text: {mute[:4]}")
    return str(SIZE)


def inputs_heard():
    """A click in each input at a time of its own: each must come through alone, at its place, as it went in."""
    inputs = [np.zeros((2, 48_000), dtype=np.float32) for _ in range(SIZE)]
    for strip_idx, audio in enumerate(inputs):
        audio[:, 1_000 + 500 * strip_idx] = (0.5, -0.25)
    master = bounce(inputs, {})[MASTER]
    heard = sum((master[:, 1_000 + 500 * idx] == (0.5, -0.25)).all() for idx in range(SIZE))
    must(heard == SIZE, f"{heard} of {SIZE} inputs were heard")
    must(np.count_nonzero(master[0]) == SIZE, "there is more in the master than what went in")
    return f"{heard} of {SIZE}"


def mix_equals_render(inputs):
    return common.must_equal(
        bounce(inputs, common.SETTINGS)[MASTER], common.reference(inputs, common.SETTINGS, SIZE), "the bounce"
    )


def group_output(inputs):
    """Strip 2 alone goes to group A; what leaves there is what the master gets of a session with that strip alone."""
    settings = {name: text for name, text in common.SETTINGS.items() if not name.startswith("Master")}
    group = bounce(inputs, settings)[GROUP_A]
    alone = [np.zeros_like(inputs[0]), inputs[1]]
    common.must_equal(group, common.reference(alone, settings, SIZE), "group A's output")
    return True


def automation(inputs):
    """A fader jumps at a block's border, where dawdreamer hands values on."""
    strip_idx = common.steadiest(inputs)
    event = common.loud_frame(inputs[strip_idx], RATE_HZ, grid=BLOCK_FRAMES)
    faders = [{f"S{strip_idx + 1:02} Fader": text} for text in ("0 dB", "-12 dB")]
    (index, low), = raw_values(faders[1]).items()
    (_, high), = raw_values(faders[0]).items()
    values = np.full(inputs[0].shape[1], high, dtype=np.float32)
    values[event:] = low
    moved = bounce(inputs, {}, {index: values})[MASTER]
    before, after = (common.reference(inputs, fader, SIZE) for fader in faders)
    common.must_step(moved, before, after, event)
    return True


def main():
    report = common.Report("dawdreamer", dawdreamer.__version__)
    inputs = common.stems(SIZE)
    report.seen("sizes", report.check("loads_with_all_buses", loads) or "none")
    report.seen("inputs", report.check("every_input_is_heard", inputs_heard) or "?")
    report.seen("bounce", report.check("the_mix_equals_busbar_render", lambda: mix_equals_render(inputs)) or "?")
    report.check("group_a_leaves_by_its_own_output", lambda: group_output(inputs))
    moved = report.check("automation_is_heard_from_its_block_on", lambda: automation(inputs))
    report.seen("automation", "per block" if moved else "?")
    report.close()


if __name__ == "__main__":
    main()

"""From players to 16-bit sound: playing, the printed reverb, rounding, and the sum that must not clip."""

import array
import math

import piece
from score import END_SECONDS, end_tick
from tools import Sound, StemError, fluidsynth

# The rate of the reverb and of the sum; a stem may be printed at another.
RATE_HZ = 48_000

# One hall for all. fluidsynth runs on one core, with no configuration but this, so that it plays the same each time.
FLUIDSYNTH_SETTINGS = {
    "synth.cpu-cores": "1",
    "synth.dynamic-sample-loading": "1",
    "synth.midi-bank-select": "xg",
    "synth.polyphony": "256",
    "synth.reverb.room-size": "0.72",
    "synth.reverb.damp": "0.6",
    "synth.reverb.width": "0.9",
    "synth.reverb.level": "0.6",
}
FLUIDSYNTH_GAIN = 0.5

# The hall answers this much later than the players, so that it stands behind them.
PREDELAY_SECONDS = 0.022

# A hall returns no bass worth having, what is below only clouds the mix, and its air swallows the treble, which would
# also fill the file.
REVERB_LOW_CUT_HZ = 160.0
REVERB_HIGH_CUT_HZ = 4_000.0

# Below all music: the sound font's pad carries an offset of 0.005.
LOW_CUT_HZ = 20.0

# The last moment of every stem, faded so that a tail ends in digital silence and not in a step.
FADE_OUT_SECONDS = 0.8

# Room above the loudest moment, for whoever pushes a fader up. Each decibel also saves half a megabyte of FLAC.
HEADROOM_DB = 6.5

# A mono stem counts 3 dB less on each side, as the default pan law has it at the centre.
MONO_AT_CENTRE = math.sqrt(0.5)


def render_all(soundfont, folder):
    """Yields (name, sound) for every stem, the reverb last. `folder` is for what lies between MIDI and sound."""
    total = Sum()
    hall = array.array("d", bytes(8 * 2 * round(END_SECONDS * RATE_HZ)))
    for stem in piece.STEMS:
        midi = folder / f"{stem.name}.mid"
        midi.write_bytes(stem.part().to_bytes(end_tick()))
        dry = play(midi, soundfont, stem.rate_hz)
        add_to_hall(hall, stem, midi, soundfont, dry)
        if stem.n_channels == 1:
            dry = array.array("d", (0.5 * (left + right) for left, right in zip(dry[::2], dry[1::2])))
        low_cut(dry, stem.n_channels, stem.rate_hz, LOW_CUT_HZ)
        sound = quantise(dry, stem.gain_db, stem.n_channels, stem.rate_hz, stem.name)
        total.add(sound)
        yield stem.name, sound
    for _ in range(2):  # 12 dB per octave
        low_cut(hall, 2, RATE_HZ, REVERB_LOW_CUT_HZ)
        high_cut(hall, 2, RATE_HZ, REVERB_HIGH_CUT_HZ)
    late = array.array("d", bytes(8 * 2 * round(PREDELAY_SECONDS * RATE_HZ))) + hall
    sound = quantise(late, piece.REVERB_GAIN_DB, 2, RATE_HZ, piece.REVERB_NAME)
    total.add(sound)
    yield piece.REVERB_NAME, sound
    total.check()


def play(midi, soundfont, rate_hz, *, reverb=False):
    """One part, as floating-point samples."""
    raw = midi.with_suffix(".raw")
    how = {"rate_hz": rate_hz, "gain": FLUIDSYNTH_GAIN, "settings": FLUIDSYNTH_SETTINGS, "reverb": reverb}
    return array.array("d", fluidsynth(midi, soundfont, raw, **how))


def add_to_hall(hall, stem, midi, soundfont, dry):
    """Adds what the reverb makes of a part: the part played with it, less the part played without."""
    if stem.rate_hz != RATE_HZ:
        dry = play(midi, soundfont, RATE_HZ)
    wet = play(midi, soundfont, RATE_HZ, reverb=True)
    gain = 10 ** (stem.gain_db / 20)
    for index, (with_reverb, without) in enumerate(zip(wet[: len(hall)], dry)):
        hall[index] += gain * (with_reverb - without)


def low_cut(samples, n_channels, rate_hz, corner_hz):
    """A first-order high-pass in place: y[n] = x[n] - x[n-1] + r y[n-1] in each channel."""
    pole = math.exp(-2 * math.pi * corner_hz / rate_hz)
    for channel in range(n_channels):
        last_in = last_out = 0.0
        for index in range(channel, len(samples), n_channels):
            sample = samples[index]
            last_out = sample - last_in + pole * last_out
            last_in = sample
            samples[index] = last_out


def high_cut(samples, n_channels, rate_hz, corner_hz):
    """A first-order low-pass in place: y[n] = y[n-1] + a (x[n] - y[n-1]) in each channel."""
    amount = 1 - math.exp(-2 * math.pi * corner_hz / rate_hz)
    for channel in range(n_channels):
        last_out = 0.0
        for index in range(channel, len(samples), n_channels):
            last_out += amount * (samples[index] - last_out)
            samples[index] = last_out


def quantise(samples, gain_db, n_channels, rate_hz, name):
    """Applies the stem's gain, cuts and fades at the end of the piece, rounds to 16 bits, drops the last silence.

    No dither: a part that rests stays at exact zero, which is worth more to a mixer's test than the last bit.
    """
    gain = 32768 * 10 ** ((gain_db - HEADROOM_DB) / 20)
    n_frames, n_fade = round(END_SECONDS * rate_hz), round(FADE_OUT_SECONDS * rate_hz)
    n_full = (n_frames - n_fade) * n_channels
    quantised = array.array("h")
    try:
        quantised.extend(round(sample * gain) for sample in samples[:n_full])
        for index, sample in enumerate(samples[n_full : n_frames * n_channels]):
            fade = 0.5 + 0.5 * math.cos(math.pi * (index // n_channels) / n_fade)
            quantised.append(round(sample * gain * fade))
    except OverflowError:
        raise StemError(f"{name} clips; lower its gain in piece.py") from None
    sounding = len(quantised)
    while sounding > 0 and quantised[sounding - 1] == 0:
        sounding -= 1
    if sounding == 0:
        raise StemError(f"{name} is silent; does the sound font hold General MIDI instruments?")
    frames = -(-sounding // n_channels)
    return Sound(rate_hz, n_channels, quantised[: frames * n_channels])


class Sum:
    """All stems at unity, as 16-bit steps."""

    def __init__(self):
        self._left = [0.0] * round(END_SECONDS * RATE_HZ)
        self._right = self._left[:]

    def add(self, sound):
        """Adds a stem at its start. One at another rate is read along straight lines: near enough for a headroom."""
        sides = [sound.samples[channel :: sound.n_channels] for channel in range(sound.n_channels)]
        gain = MONO_AT_CENTRE if sound.n_channels == 1 else 1.0
        for mix, side in ((self._left, sides[0]), (self._right, sides[-1])):
            if sound.rate_hz == RATE_HZ:
                for index, sample in enumerate(side):
                    mix[index] += gain * sample
                continue
            step = sound.rate_hz / RATE_HZ
            for index in range(min(len(mix), int((len(side) - 1) / step))):
                before = int(index * step)
                share = index * step - before
                mix[index] += gain * ((1 - share) * side[before] + share * side[before + 1])

    def check(self):
        """Says how loud the sum is, and refuses one that clips."""
        largest = max(max(map(abs, side)) for side in (self._left, self._right))
        power = sum(sample * sample for side in (self._left, self._right) for sample in side)
        level = math.sqrt(power / (2 * len(self._left)))
        print(f"{'sum at unity':<14} peak {decibels(largest):6.1f} dBFS, RMS {decibels(level):6.1f} dBFS")
        if largest > 32767:
            raise StemError("the sum of the stems clips; lower the gains in piece.py")


def describe(sound):
    """A stem's levels in words."""
    samples = sound.samples
    level = math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    peak = max(max(samples), -min(samples))
    seconds = sound.n_frames() / sound.rate_hz
    return f"peak {decibels(peak):6.1f} dBFS, RMS {decibels(level):6.1f} dBFS, {seconds:4.1f} s"


def decibels(magnitude):
    """A magnitude in steps of 16 bits, relative to full scale."""
    return 20 * math.log10(max(magnitude, 1e-3) / 32768)

#!/bin/sh
# Makes the encoded sounds of this folder anew. The tests do not run it: they read the files that lie here.
# Made with LAME 3.100, oggenc from vorbis-tools 1.4.2, and ffmpeg 5.1 (libmp3lame, libvorbis, libopus); other versions give other bytes,
# and the same lengths and alignment.
#
# All hold the sweep that `tests/audio_formats.rs` repeats: at frame n of side c (0 or 1), with rate r and length N,
# 0.5 · sin²(πn/N) · sin(2π(300(1 + c)n/r + 2000(n/r)²)). It is like itself at no delay, and ends in silence.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sweep() { # name rate channels frames
    python3 - "$work/$1.wav" "$2" "$3" "$4" <<'PYTHON'
import math, struct, sys, wave

path, rate, channels, frames = sys.argv[1], *map(int, sys.argv[2:])
with wave.open(path, "wb") as file:
    file.setnchannels(channels)
    file.setsampwidth(2)
    file.setframerate(rate)
    for n in range(frames):
        for c in range(channels):
            t = n / rate
            phase = 2 * math.pi * (300 * (1 + c) * t + 2000 * t * t)
            sample = 0.5 * math.sin(math.pi * n / frames) ** 2 * math.sin(phase)
            file.writeframes(struct.pack("<h", round(32767 * sample)))
PYTHON
}

sweep stereo_44100 44100 2 5003
sweep mono_48000 48000 1 7001
sweep mono_22050 22050 1 4001
sweep long_mono_32000 32000 1 40009

lame --quiet --cbr -b 128 "$work/stereo_44100.wav" lame_stereo_44100.mp3
# At 32 kbit/s the tag would not fit into a frame, and LAME leaves it out.
lame --quiet --cbr -b 64 "$work/mono_22050.wav" lame_mono_22050.mp3
# Without the tag that tells delay and padding, behind an ID3v2 tag, at a bit rate that misleads whoever estimates the length.
lame --quiet -V 6 -t --add-id3v2 --tt sweep "$work/long_mono_32000.wav" untold_mono_32000.mp3
ffmpeg -v error -y -i "$work/mono_48000.wav" -codec:a libmp3lame -q:a 5 -write_id3v1 1 -metadata title=sweep \
    ffmpeg_mono_48000.mp3

oggenc --quiet -q 3 -s 1 "$work/stereo_44100.wav" -o one_page_stereo_44100.ogg
# Pages of a quarter of a second, so that there are several.
ffmpeg -v error -y -i "$work/long_mono_32000.wav" -codec:a libvorbis -q:a 5 -page_duration 250000 -serial_offset 1 \
    -fflags +bitexact -flags +bitexact pages_mono_32000.ogg
ffmpeg -v error -y -i "$work/mono_48000.wav" -codec:a libopus -b:a 24k opus_mono_48000.ogg

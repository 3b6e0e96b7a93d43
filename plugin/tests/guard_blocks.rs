//! What a host offers and what comes out: buses missing, null, aliased, too many, too long. Both formats.

mod guard_support;

use std::sync::atomic::Ordering;

use guard_support::*;

#[test]
fn every_input_is_heard_with_its_own_weight() {
    fn check<const N: usize>() {
        in_both_formats_active::<N>(|instance| {
            for strip in 0..N {
                let mut block = Block::new(N, N_OUTPUTS);
                for idx in 0..N * 2 {
                    block.memory.fill(idx, if idx / 2 == strip { 1.0 } else { 0.0 });
                }
                assert!(instance.process(&mut block));
                for output in 0..N_OUTPUTS {
                    let weight = ((strip + 1) * (output + 1)) as f32;
                    assert_eq!(block.output_sample(output, 0, 63), weight, "{} {strip}", instance.format());
                    assert_eq!(block.output_sample(output, 1, 0), weight, "{} {strip}", instance.format());
                }
            }
            process_and_check(instance, &mut Block::new(N, N_OUTPUTS), N);
            assert_eq!(instance.probe().link.connected(), if N == 8 { 0xff } else { 0xffff_ffff });
        });
    }
    check::<8>();
    check::<32>();
}

#[test]
fn all_inputs_count_as_connected_before_the_first_block() {
    in_both_formats_active::<8>(|instance| assert_eq!(instance.probe().link.connected(), u64::MAX));
}

#[test]
fn fewer_buses_than_declared_are_silence_and_scratch() {
    in_both_formats_active::<8>(|instance| {
        for n_inputs in 0..=8 {
            for n_outputs in 0..=N_OUTPUTS {
                process_and_check(instance, &mut Block::new(n_inputs, n_outputs), 8);
                if n_inputs + n_outputs > 0 {
                    assert_eq!(instance.probe().link.connected(), (1 << n_inputs) - 1);
                }
            }
        }
    });
}

#[test]
fn more_buses_than_declared_are_ignored_and_zeroed() {
    in_both_formats_active::<8>(|instance| {
        process_and_check(instance, &mut Block::new(40, 12), 8);
        assert_eq!(instance.probe().link.connected(), 0xff);
    });
}

#[test]
fn a_mono_bus_feeds_both_sides() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        for idx in [0, 3, 7] {
            block.inputs[idx].channels.truncate(1);
        }
        let mono = block.memory.get(6, 5);
        process_and_check(instance, &mut block, 8);
        for idx in 0..16 {
            block.memory.fill(idx, 0.0);
        }
        block.memory.fill(6, mono);
        process_and_check(instance, &mut block, 8);
        assert_eq!((block.output_sample(0, 0, 9), block.output_sample(0, 1, 9)), (4.0 * mono, 4.0 * mono));
    });
}

#[test]
fn buses_without_channels_are_silence_and_scratch() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        for idx in [0, 2, 7] {
            block.inputs[idx].channels.clear();
        }
        for idx in [1, 4] {
            block.outputs[idx].channels.clear();
        }
        process_and_check(instance, &mut block, 8);
        assert_eq!(instance.probe().link.connected(), 0b0111_1010);

        // A main output without channels must not cost the others their sound.
        let mut block = Block::new(8, N_OUTPUTS);
        block.outputs[0].channels.clear();
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn null_tables_and_null_channels_are_silence_and_scratch() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.inputs[0].null_table = true;
        block.inputs[5].null_table = true;
        block.inputs[2].channels = vec![None, None];
        block.inputs[3].channels[1] = None;
        block.inputs[4].channels = vec![None];
        block.outputs[1].null_table = true;
        block.outputs[2].channels = vec![None, None];
        block.outputs[3].channels[0] = None;
        process_and_check(instance, &mut block, 8);
        assert_eq!(instance.probe().link.connected(), 0b1100_1010);

        let mut block = Block::new(8, N_OUTPUTS);
        block.outputs[0].null_table = true;
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn null_bus_arrays_are_silence_and_scratch() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.null_inputs = true;
        process_and_check(instance, &mut block, 8);
        assert_eq!(instance.probe().link.connected(), 0);
        assert!(
            block
                .outputs
                .iter()
                .flat_map(|bus| bus.memory().flatten())
                .all(|idx| block.memory.get(idx, 0) == 0.0)
        );

        let mut block = Block::new(8, N_OUTPUTS);
        block.null_outputs = true;
        // The model would write to the outputs that the host did not give.
        let before = block.memory.contents();
        assert!(instance.process(&mut block));
        assert_eq!(block.memory.contents(), before);
    });
}

#[test]
fn surplus_output_channels_are_zeroed() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        let surplus = (8 + N_OUTPUTS) * 2;
        block.outputs[0].channels.extend([Some(surplus), Some(surplus + 1)]);
        block.outputs[4].channels.extend([None, Some(surplus + 2)]);
        process_and_check(instance, &mut block, 8);
        assert_eq!(block.memory.get(surplus + 2, MAX_FRAMES - 1), 0.0);
    });
}

#[test]
fn a_surplus_channel_over_a_real_one_does_not_erase_it() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        let right = block.outputs[1].channels[1];
        block.outputs[0].channels.push(right);
        process_and_check(instance, &mut block, 8);
        assert_ne!(block.output_sample(1, 1, 7), 0.0);
    });
}

#[test]
fn silence_flags_and_constant_masks_are_cleared() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS + 1);
        block.outputs.iter_mut().chain(&mut block.inputs).for_each(|bus| bus.flags = 0b11);
        process_and_check(instance, &mut block, 8);
        assert!(block.outputs.iter().all(|bus| bus.flags == 0), "{}", instance.format());
    });
}

#[test]
fn a_flush_sets_parameters_and_plays_nothing() {
    in_both_formats_active::<8>(|instance| {
        for mut block in [Block::new(8, N_OUTPUTS), Block::new(0, 0), Block::new(0, 0)] {
            block.frames = if block.inputs.is_empty() { MAX_FRAMES } else { 0 };
            let gain = instance.gain() as f32 / 2.0;
            block.gains = vec![(0, gain)];
            let before = block.memory.contents();
            process_and_check(instance, &mut block, 8);
            assert_eq!(instance.gain(), f64::from(gain), "{}", instance.format());
            assert_eq!(block.memory.contents(), before);
        }
    });
}

#[test]
fn blocks_of_every_length_up_to_the_maximum_are_played() {
    in_both_formats_active::<8>(|instance| {
        for frames in 1..=MAX_FRAMES {
            let mut block = Block::new(8, N_OUTPUTS);
            block.frames = frames;
            process_and_check(instance, &mut block, 8);
        }
    });
}

#[test]
fn changes_take_effect_at_their_frame() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.gains = vec![(0, 0.5), (17, 0.25), (17, 1.0), (40, 0.125), (63, 0.5)];
        process_and_check(instance, &mut block, 8);
    });
}

/// Refused, and silent in every output: the host may play what it finds there.
fn assert_refused_and_zeroed(instance: &dyn Instance, block: &mut Block, n_values: usize) {
    let before = instance.probe().n_blocks.load(Ordering::SeqCst);
    block.outputs.iter_mut().for_each(|bus| bus.flags = 0b11);
    let accepted = instance.process(block);
    assert!(!accepted, "{}", instance.format());
    assert_eq!(instance.probe().n_blocks.load(Ordering::SeqCst), before, "{}", instance.format());
    for memory_idx in block.outputs.iter().flat_map(|bus| bus.memory().flatten()) {
        assert!(
            (0..n_values).all(|frame| block.memory.get(memory_idx, frame) == 0.0),
            "{}",
            instance.format()
        );
    }
    assert!(block.outputs.iter().all(|bus| bus.flags == 0), "{}", instance.format());
    block.memory.assert_bands();
}

#[test]
fn a_64_bit_block_is_refused_and_zeroed() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.is_64_bit = true;
        block.frames = MAX_FRAMES / 2;
        assert_refused_and_zeroed(instance, &mut block, MAX_FRAMES);
    });
}

#[test]
fn a_block_above_the_maximum_is_refused_and_zeroed() {
    in_both_formats::<8>(|instance| {
        assert!(instance.activate(MAX_FRAMES - 1));
        assert_refused_and_zeroed(instance, &mut Block::new(8, N_OUTPUTS), MAX_FRAMES);
        let mut block = Block::new(8, N_OUTPUTS);
        block.frames = MAX_FRAMES - 1;
        process_and_check(instance, &mut block, 8);
        instance.deactivate();
    });
}

#[test]
fn a_block_before_activation_and_after_deactivation_is_refused_and_zeroed() {
    in_both_formats::<8>(|instance| {
        assert_refused_and_zeroed(instance, &mut Block::new(8, N_OUTPUTS), MAX_FRAMES);
        assert!(instance.activate(MAX_FRAMES));
        process_and_check(instance, &mut Block::new(8, N_OUTPUTS), 8);
        instance.deactivate();
        assert_refused_and_zeroed(instance, &mut Block::new(8, N_OUTPUTS), MAX_FRAMES);
    });
}

#[test]
fn processing_in_place_hears_every_input() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        for idx in 0..N_OUTPUTS {
            block.outputs[idx] = block.inputs[idx].clone();
        }
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn a_main_output_over_another_input_does_not_destroy_it() {
    in_both_formats_active::<8>(|instance| {
        for idx in 1..8 {
            let mut block = Block::new(8, N_OUTPUTS);
            block.outputs[0] = block.inputs[idx].clone();
            process_and_check(instance, &mut block, 8);
        }
    });
}

#[test]
fn left_and_right_may_be_crossed() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.outputs[0].channels = block.inputs[0].channels.iter().rev().copied().collect();
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn a_mono_input_may_be_processed_in_place() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.inputs[0] = Bus::new([0]);
        block.inputs[1] = Bus::new([0]);
        block.outputs[0] = Bus::new([0, 1]);
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn of_equal_output_pointers_the_first_wins() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.outputs[0].channels[1] = block.outputs[0].channels[0];
        block.outputs[2].channels = block.outputs[0].channels.clone();
        block.outputs[4].channels[0] = block.outputs[3].channels[1];
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn one_memory_for_everything_is_survived() {
    in_both_formats_active::<8>(|instance| {
        let mut block = Block::new(8, N_OUTPUTS);
        block.inputs.iter_mut().chain(&mut block.outputs).for_each(|bus| *bus = Bus::new([0, 0]));
        process_and_check(instance, &mut block, 8);
    });
}

#[test]
fn the_stereo_layout_plays_one_input() {
    in_both_formats::<8>(|instance| {
        assert!(instance.select_stereo_layout(true), "{}", instance.format());
        assert!(instance.activate(MAX_FRAMES));
        assert_eq!(instance.probe().n_inputs.load(Ordering::SeqCst), 1);
        let mut block = Block::new(1, 1);
        process_and_check(instance, &mut block, 1);
        assert_eq!(instance.probe().link.connected(), 1);
        // The layout belongs to the activation.
        assert!(!instance.select_stereo_layout(false), "{}", instance.format());
        process_and_check(instance, &mut Block::new(1, 1), 1);
        instance.deactivate();
        assert!(instance.select_stereo_layout(false), "{}", instance.format());
        assert!(instance.activate(MAX_FRAMES));
        process_and_check(instance, &mut Block::new(8, N_OUTPUTS), 8);
        instance.deactivate();
    });
}

#[test]
fn nothing_of_this_fails_an_assertion_of_the_framework() {
    let lines = log::logged(|| {
        fewer_buses_than_declared_are_silence_and_scratch();
        null_tables_and_null_channels_are_silence_and_scratch();
        a_flush_sets_parameters_and_plays_nothing();
        changes_take_effect_at_their_frame();
        one_memory_for_everything_is_survived();
    });
    assert!(lines.is_empty(), "{lines:#?}");
}

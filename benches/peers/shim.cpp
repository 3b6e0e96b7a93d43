// What Faust's code is compiled into: a shared library with five plain functions, for benches/peers/faust.rs.

#include <alloca.h>

struct Meta {
    void declare(const char*, const char*) {}
};

// Nobody looks at the controls: they stay at their initial values.
struct UI {
    void declare(float*, const char*, const char*) {}
    void openVerticalBox(const char*) {}
    void openHorizontalBox(const char*) {}
    void openTabBox(const char*) {}
    void closeBox() {}
    void addHorizontalSlider(const char*, float*, float, float, float, float) {}
};

struct dsp {
    virtual ~dsp() {}
};

#ifndef FAUSTFLOAT
#define FAUSTFLOAT float
#endif

<<includeIntrinsic>>
<<includeclass>>

extern "C" {

void* busbar_peer_new(int sample_rate_hz) {
    mydsp* peer = new mydsp();
    peer->init(sample_rate_hz);
    return peer;
}

void busbar_peer_delete(void* peer) { delete static_cast<mydsp*>(peer); }

int busbar_peer_inputs(void* peer) { return static_cast<mydsp*>(peer)->getNumInputs(); }

int busbar_peer_outputs(void* peer) { return static_cast<mydsp*>(peer)->getNumOutputs(); }

// `stack_offset`: bytes by which the stack begins lower. Faust's buffers lie there, and where they lie matters.
__attribute__((noinline)) void busbar_peer_process(
    void* peer, int n_frames, float** inputs, float** outputs, int stack_offset) {
    volatile char* room = static_cast<char*>(alloca(stack_offset + 1));
    room[0] = 0;
    static_cast<mydsp*>(peer)->compute(n_frames, inputs, outputs);
}

}

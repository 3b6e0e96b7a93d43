//! Busbar as a program of its own. The work is in the library; here it gets its arguments.

fn main() -> std::process::ExitCode {
    busbar::standalone::main(std::env::args_os().skip(1))
}

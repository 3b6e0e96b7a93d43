//! A headless CLAP host.

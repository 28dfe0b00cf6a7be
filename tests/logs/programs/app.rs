// SPDX-License-Identifier: GPL-3.0-or-later
// A small order service that logs through env_logger or tracing. Usage: app KIND
use std::{env, thread, time::Duration};

mod pool {
    pub fn take(order: u32) -> Result<u32, String> {
        if order % 4 == 3 {
            return Err(format!("no connection for order {order}"));
        }
        Ok(order * 7)
    }
}

fn with_log(first: u32) {
    for order in first..first + 5 {
        log::debug!(target: "app::cache", "lookup of order {order} missed");
        match pool::take(order) {
            Ok(port) => log::info!("order {order} stored at 10.0.0.1:{port}"),
            Err(error) => log::error!("{error}"),
        }
        thread::sleep(Duration::from_millis(1));
    }
    log::warn!("worker {first} done");
}

fn with_tracing(first: u32) {
    let span = tracing::info_span!("worker", first);
    let _guard = span.enter();
    for order in first..first + 5 {
        match pool::take(order) {
            Ok(port) => tracing::info!(order, port, "order stored"),
            Err(error) => tracing::error!(order, %error, "order lost"),
        }
    }
    tracing::warn!("worker done");
}

fn run(work: fn(u32)) {
    let threads: Vec<_> = [1, 20, 40].map(|n| thread::spawn(move || work(n))).into();
    threads.into_iter().for_each(|t| t.join().unwrap());
}

fn main() {
    match env::args().nth(1).as_deref() {
        Some("env-logger") => {
            env_logger::Builder::new().parse_filters("debug").target(env_logger::Target::Stdout).init();
            run(with_log);
        }
        Some("env-logger-us") => {
            env_logger::Builder::new().parse_filters("info").target(env_logger::Target::Stdout)
                .format_timestamp_micros().init();
            run(with_log);
        }
        Some("tracing") => {
            tracing_subscriber::fmt().with_ansi(false).with_thread_names(true).with_thread_ids(true).init();
            run(with_tracing);
        }
        Some("tracing-json") => {
            tracing_subscriber::fmt().json().with_current_span(false).init();
            run(with_tracing);
        }
        _ => {
            println!("storing 3 orders");
            let ports: Vec<u32> = (1..4).map(|n| pool::take(n).expect("pool is empty")).collect();
            println!("{ports:?}");
        }
    }
}

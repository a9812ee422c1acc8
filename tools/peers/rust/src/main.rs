//! What every official peer does with a broker, done by the Apache Iggy client for Rust.
//!
//! Usage: iggy-peer ADDRESS SCENARIO...
//!
//! Runs the scenarios of `tools/peers/scenarios.json` that are named and prints a line of JSON for each: its name and
//! `ok`, or `failed` with a reason. Before `reconnect` it prints "restart the broker" and goes on when the broker has been
//! started anew.

mod groups;
mod messages;
mod metadata;
mod support;
mod users;

use std::time::Duration;
use support::{clean, connect, Outcome, Peer};

async fn run(scenario: &str, peer: &Peer) -> Outcome {
    match scenario {
        "login" => metadata::login(peer).await,
        "wrong-password" => users::wrong_password(peer).await,
        "streams" => metadata::streams(peer).await,
        "topics" => metadata::topics(peer).await,
        "partitions" => metadata::partitions(peer).await,
        "send-to-partition" => messages::send_to_partition(peer).await,
        "send-balanced" => messages::send_balanced(peer).await,
        "send-by-key" => messages::send_by_key(peer).await,
        "user-headers" => messages::user_headers(peer).await,
        "poll-strategies" => messages::poll_strategies(peer).await,
        "auto-commit" => messages::auto_commit(peer).await,
        "group-members" => groups::group_members(peer).await,
        "group-rebalance" => groups::group_rebalance(peer).await,
        "group-offsets" => groups::group_offsets(peer).await,
        "producer-and-consumer" => groups::producer_and_consumer(peer).await,
        "users" => users::users(peer).await,
        "permissions" => users::permissions(peer).await,
        "tokens" => users::tokens(peer).await,
        "purge" => messages::purge(peer).await,
        "describe" => metadata::describe(peer).await,
        "raw-command" => metadata::raw_command(peer).await,
        "logout" => users::logout(peer).await,
        "reconnect" => messages::reconnect(peer).await,
        _ => Err("unsupported: not written".into()),
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().expect("usage: iggy-peer ADDRESS SCENARIO...");
    let client = connect(&address, "iggy:iggy").await.expect("the broker takes iggy / iggy");
    let peer = Peer { address, client };
    for scenario in arguments {
        let outcome = tokio::time::timeout(Duration::from_secs(60), run(&scenario, &peer))
            .await
            .unwrap_or_else(|_| Err("it took more than a minute".into()));
        if let Err(error) = clean(&peer).await {
            println!("{{\"scenario\":\"clean\",\"outcome\":\"failed\",\"reason\":{:?}}}", error.to_string());
        }
        match outcome {
            Ok(()) => println!("{{\"scenario\":\"{scenario}\",\"outcome\":\"ok\"}}"),
            Err(error) => {
                let text = error.to_string();
                let (outcome, reason) = match text.strip_prefix("unsupported: ") {
                    Some(reason) => ("unsupported", reason),
                    None => ("failed", text.as_str()),
                };
                println!("{{\"scenario\":\"{scenario}\",\"outcome\":\"{outcome}\",\"reason\":{reason:?}}}");
            }
        }
    }
}

use crate::support::*;
use iggy::prelude::*;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::time::{Duration, Instant};

pub async fn send_to_partition(peer: &Peer) -> Outcome {
    peer.with_topic(3).await?;
    let mut places = Vec::new();
    for texts in [&["a", "b", "c"][..], &["d"][..]] {
        let response = peer.send(texts, Partitioning::partition_id(2)).await?;
        places.extend(response.confirmations.iter().map(|place| (place.partition_id, place.base_offset)));
    }
    equal(places, vec![(2, 0), (2, 3)], "places")?;
    let texts = poll(&peer.client, 2, &Consumer::default(), PollingStrategy::first(), 9, false).await?;
    equal(texts.concat(), "abcd".to_string(), "messages")?;
    equal(peer.poll(PollingStrategy::first(), 9).await?.len(), 0, "messages of partition 0")?;
    equal(peer.send(&["x"], Partitioning::partition_id(9)).await.is_err(), true, "a missing partition is refused")
}

pub async fn send_balanced(peer: &Peer) -> Outcome {
    peer.with_topic(2).await?;
    for _ in 0..6 {
        peer.send(&["x"], Partitioning::balanced()).await?;
    }
    let found = peer.client.get_topic(&stream(), &topic()).await?.ok_or("the topic is missing")?;
    let counts = found.partitions.iter().map(|partition| partition.messages_count).collect::<Vec<_>>();
    equal(counts, vec![3, 3], "messages by partition")
}

pub async fn send_by_key(peer: &Peer) -> Outcome {
    peer.with_topic(4).await?;
    let mut used = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let response = peer.send(&["x"], Partitioning::messages_key_str("customer-7")?).await?;
        used.extend(response.confirmations.iter().map(|place| place.partition_id));
    }
    equal(used.len(), 1, "partitions of one key")
}

pub async fn user_headers(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    let headers = BTreeMap::from([
        (HeaderKey::from_str("text")?, HeaderValue::from_str("größe")?),
        (HeaderKey::from_str("u8")?, HeaderValue::from(200_u8)),
        (HeaderKey::from_str("i128")?, HeaderValue::from(-(1_i128 << 100))),
        (HeaderKey::from_str("f64")?, HeaderValue::from(0.1_f64)),
        (HeaderKey::from(7_u32), HeaderValue::try_from(&[0_u8, 255][..])?),
        (HeaderKey::from_str("yes")?, HeaderValue::from(true)),
    ]);
    let sent = IggyMessage::builder()
        .id(12_345_678_901_234_567_890)
        .payload("with headers".into())
        .user_headers(headers.clone())
        .build()?;
    let mut messages = vec![sent, message("without")];
    let place = Partitioning::partition_id(0);
    peer.client.send_messages(&stream(), &topic(), &place, &mut messages).await?;
    let polled = peer
        .client
        .poll_messages(&stream(), &topic(), Some(0), &Consumer::default(), &PollingStrategy::first(), 9, false)
        .await?;
    equal(polled.messages[0].user_headers_map()?, Some(headers), "headers")?;
    equal(polled.messages[0].header.id, 12_345_678_901_234_567_890, "id")?;
    equal(polled.messages[1].user_headers_map()?, None, "headers of the other")
}

pub async fn poll_strategies(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], Partitioning::partition_id(0)).await?;
    for (strategy, count, wanted) in [
        (PollingStrategy::first(), 3, "012"),
        (PollingStrategy::last(), 2, "89"),
        (PollingStrategy::offset(4), 2, "45"),
        (PollingStrategy::offset(10), 9, ""),
        (PollingStrategy::timestamp(IggyTimestamp::from(1)), 99, "0123456789"),
        (PollingStrategy::timestamp(IggyTimestamp::from(1 << 52)), 9, ""),
        (PollingStrategy::next(), 4, "0123"),
    ] {
        equal(peer.poll(strategy, count).await?.concat(), wanted.to_string(), &format!("{strategy:?}"))?;
    }
    Ok(())
}

pub async fn auto_commit(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["a", "b", "c"], Partitioning::partition_id(0)).await?;
    let reader = Consumer::new(name("reader"));
    for wanted in ["ab", "c", ""] {
        let texts = poll(&peer.client, 0, &reader, PollingStrategy::next(), 2, true).await?;
        equal(texts.concat(), wanted.to_string(), "messages")?;
    }
    let client = &peer.client;
    let stored = client.get_consumer_offset(&reader, &stream(), &topic(), Some(0)).await?;
    equal(stored.map(|offset| offset.stored_offset), Some(2), "stored offset")?;
    client.store_consumer_offset(&reader, &stream(), &topic(), Some(0), 0).await?;
    let again = poll(client, 0, &reader, PollingStrategy::next(), 2, false).await?;
    equal(again.concat(), "bc".to_string(), "messages after going back")?;
    client.delete_consumer_offset(&reader, &stream(), &topic(), Some(0)).await?;
    let none = client.get_consumer_offset(&reader, &stream(), &topic(), Some(0)).await?;
    equal(none.is_none(), true, "no stored offset")
}

pub async fn purge(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["a", "b"], Partitioning::partition_id(0)).await?;
    peer.client.purge_topic(&stream(), &topic()).await?;
    equal(peer.poll(PollingStrategy::first(), 9).await?.len(), 0, "messages")?;
    let response = peer.send(&["c"], Partitioning::partition_id(0)).await?;
    equal(response.confirmations[0].base_offset, 0, "offset after a purge")?;
    peer.client.purge_stream(&stream()).await?;
    equal(peer.poll(PollingStrategy::first(), 9).await?.len(), 0, "messages")
}

pub async fn reconnect(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["before"], Partitioning::partition_id(0)).await?;
    let asked = Instant::now();
    println!("restart the broker");
    // A broker that was started after the request runs for a shorter time than that lies back.
    while insisted(|| peer.client.get_stats()).await?.run_time.get_duration() >= asked.elapsed() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    insisted(|| peer.send(&["after"], Partitioning::partition_id(0))).await?;
    let texts = insisted(|| peer.poll(PollingStrategy::first(), 9)).await?;
    equal(texts, vec!["before".to_string(), "after".to_string()], "messages")
}

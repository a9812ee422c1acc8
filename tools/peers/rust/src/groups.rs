use crate::support::*;
use futures_util::StreamExt;
use iggy::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const GROUP: &str = "group";

pub async fn group_members(peer: &Peer) -> Outcome {
    peer.with_topic(4).await?;
    let (client, group) = (&peer.client, name(GROUP));
    client.create_consumer_group(&stream(), &topic(), GROUP).await?;
    equal(client.get_consumer_groups(&stream(), &topic()).await?.len(), 1, "groups")?;
    let other = peer.other().await?;
    client.join_consumer_group(&stream(), &topic(), &group).await?;
    other.join_consumer_group(&stream(), &topic(), &group).await?;
    equal(members(client).await?, vec![2, 2], "partitions by member")?;
    other.leave_consumer_group(&stream(), &topic(), &group).await?;
    client.leave_consumer_group(&stream(), &topic(), &group).await?;
    equal(client.leave_consumer_group(&stream(), &topic(), &group).await.is_err(), true, "no member leaves")?;
    client.delete_consumer_group(&stream(), &topic(), &group).await?;
    let gone = client.get_consumer_group(&stream(), &topic(), &group).await?;
    equal(gone.is_none(), true, "a missing group")
}

/// Partition counts of the group's members.
async fn members(client: &IggyClient) -> Result<Vec<usize>, IggyError> {
    let group = client.get_consumer_group(&stream(), &topic(), &name(GROUP)).await?;
    Ok(group.map_or(Vec::new(), |group| group.members.iter().map(|member| member.partitions.len()).collect()))
}

async fn consumer(client: &IggyClient, auto_commit: AutoCommit) -> Result<IggyConsumer, IggyError> {
    let mut consumer = client
        .consumer_group(GROUP, STREAM, TOPIC)?
        .create_consumer_group_if_not_exists()
        .auto_join_consumer_group()
        .polling_strategy(PollingStrategy::next())
        .poll_interval(IggyDuration::from(5_000))
        .auto_commit(auto_commit)
        .build();
    consumer.init().await?;
    Ok(consumer)
}

type Seen = Arc<Mutex<BTreeSet<String>>>;

/// Reads until `wanted` different messages were seen by all readers together.
async fn read(mut consumer: IggyConsumer, seen: Seen, wanted: usize) -> Result<IggyConsumer, IggyError> {
    while seen.lock().unwrap().len() < wanted {
        let next = tokio::time::timeout(Duration::from_millis(100), consumer.next()).await;
        if let Ok(Some(received)) = next {
            seen.lock().unwrap().insert(text_of(&received?.message));
        }
    }
    Ok(consumer)
}

pub async fn group_rebalance(peer: &Peer) -> Outcome {
    peer.with_topic(4).await?;
    let commit = AutoCommit::When(AutoCommitWhen::ConsumingEachMessage);
    let seen = Seen::default();
    for index in 0..40_u32 {
        peer.send(&[&format!("early {index}")], Partitioning::partition_id(index % 4)).await?;
    }
    let first = read(consumer(&peer.client, commit).await?, seen.clone(), 40).await?;
    let other = peer.other().await?;
    let second = consumer(&other, commit).await?;
    let readers = [
        tokio::spawn(read(first, seen.clone(), 80)),
        tokio::spawn(read(second, seen.clone(), 80)),
    ];
    for index in 0..40_u32 {
        peer.send(&[&format!("late {index}")], Partitioning::partition_id(index % 4)).await?;
    }
    let mut kept = Vec::new();
    for reader in readers {
        kept.push(reader.await??);
    }
    equal(members(&peer.client).await?, vec![2, 2], "partitions by member")?;
    for mut consumer in kept {
        consumer.shutdown().await?;
    }
    equal(members(&peer.client).await?.len(), 0, "members after both left")
}

pub async fn group_offsets(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["a", "b", "c", "d"], Partitioning::partition_id(0)).await?;
    let consumer = consumer(&peer.client, AutoCommit::Disabled).await?;
    let mut consumer = read(consumer, Seen::default(), 2).await?;
    consumer.store_offset(1, Some(0)).await?;
    let group = Consumer::group(name(GROUP));
    let stored = peer.client.get_consumer_offset(&group, &stream(), &topic(), Some(0)).await?;
    equal(stored.map(|offset| offset.stored_offset), Some(1), "stored offset")?;
    consumer.delete_offset(Some(0)).await?;
    equal(consumer.delete_offset(Some(0)).await.is_err(), true, "no offset to delete")?;
    consumer.shutdown().await?;
    Ok(())
}

pub async fn producer_and_consumer(peer: &Peer) -> Outcome {
    let producer = peer
        .client
        .producer(STREAM, TOPIC)?
        .create_stream_if_not_exists()
        .create_topic_if_not_exists(2, IggyExpiry::ServerDefault, MaxTopicSize::ServerDefault)
        .direct(DirectConfig::builder().batch_length(7).build())
        .build();
    producer.init().await?;
    let texts = (0..21).map(|index| index.to_string()).collect::<Vec<_>>();
    producer.send(texts.iter().map(|text| message(text)).collect()).await?;
    producer.shutdown().await;
    let seen = Seen::default();
    let commit = AutoCommit::When(AutoCommitWhen::PollingMessages);
    let mut consumer = read(consumer(&peer.client, commit).await?, seen.clone(), 21).await?;
    equal(seen.lock().unwrap().clone(), BTreeSet::from_iter(texts), "messages")?;
    consumer.shutdown().await?;
    Ok(())
}

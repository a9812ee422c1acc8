use crate::support::*;
use iggy::prelude::*;

pub async fn login(peer: &Peer) -> Outcome {
    peer.client.ping().await?;
    let me = peer.client.get_me().await?;
    equal(me.transport.as_str(), "TCP", "transport")?;
    let clients = peer.client.get_clients().await?;
    equal(clients.iter().any(|client| client.client_id == me.client_id), true, "own connection in the list")?;
    equal(peer.client.get_cluster_metadata().await?.nodes.len(), 1, "nodes")
}

pub async fn streams(peer: &Peer) -> Outcome {
    let client = &peer.client;
    let first = client.create_stream("one").await?;
    client.create_stream("two").await?;
    let mut names = client.get_streams().await?.into_iter().map(|stream| stream.name).collect::<Vec<_>>();
    names.sort();
    equal(names, vec!["one".to_string(), "two".to_string()], "names")?;
    let found = client.get_stream(&Identifier::numeric(first.id)?).await?;
    equal(found.map(|stream| stream.name), Some("one".to_string()), "stream by number")?;
    equal(client.get_stream(&name("three")).await?.is_none(), true, "a missing stream")?;
    refused(client.create_stream("one"), IggyError::StreamNameAlreadyExists(String::new())).await?;
    client.update_stream(&name("two"), "second", &StreamUpdateOptions::default()).await?;
    client.delete_stream(&name("one")).await?;
    client.delete_stream(&name("second")).await?;
    equal(client.get_streams().await?.len(), 0, "streams")
}

pub async fn topics(peer: &Peer) -> Outcome {
    let client = &peer.client;
    client.create_stream(STREAM).await?;
    client.create_topic(&stream(), "plain", &topic_options(2)).await?;
    let options = TopicCreateOptions {
        compression_algorithm: Some(CompressionAlgorithm::Gzip),
        message_expiry: Some(IggyExpiry::ExpireDuration(IggyDuration::from(3_600_000_000))),
        max_topic_size: Some(MaxTopicSize::from(2_000_000_000_u64)),
        segment_size: Some(IggyByteSize::from(1 << 20)),
        durability: Durability::Persisted,
        messages_required_to_save: Some(100),
        preallocate_segments: Some(false),
        ..topic_options(3)
    };
    client.create_topic(&stream(), "full", &options).await?;
    let full = client.get_topic(&stream(), &name("full")).await?.ok_or("the topic is missing")?;
    equal(full.partitions_count, 3, "partitions")?;
    equal(Some(full.max_topic_size), options.max_topic_size, "largest size")?;
    equal(Some(full.message_expiry), options.message_expiry, "expiry")?;
    equal(full.compression_algorithm, CompressionAlgorithm::Gzip, "compression")?;
    refused(
        client.create_topic(&stream(), "plain", &topic_options(1)),
        IggyError::TopicNameAlreadyExists(String::new(), Identifier::default()),
    )
    .await?;
    let change = TopicUpdateOptions { message_expiry: Some(IggyExpiry::NeverExpire), ..Default::default() };
    client.update_topic(&stream(), &name("plain"), "simple", &change).await?;
    equal(client.get_topic(&stream(), &name("plain")).await?.is_none(), true, "the old name")?;
    client.delete_topic(&stream(), &name("simple")).await?;
    equal(client.get_topics(&stream()).await?.len(), 1, "topics")
}

pub async fn partitions(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    let client = &peer.client;
    client.create_partitions(&stream(), &topic(), 3).await?;
    client.delete_partitions(&stream(), &topic(), 2).await?;
    let found = client.get_topic(&stream(), &topic()).await?.ok_or("the topic is missing")?;
    equal(found.partitions_count, 2, "partitions")?;
    peer.send(&["a", "b"], Partitioning::partition_id(0)).await?;
    client.delete_segments(&stream(), &topic(), 0, 1).await?;
    equal(peer.poll(PollingStrategy::first(), 9).await?.len(), 2, "messages of the active segment")
}

pub async fn describe(peer: &Peer) -> Outcome {
    let topic = peer.client.describe_options(OptionsScope::Topic).await?;
    equal(topic.iter().any(|option| option.key == "message_expiry"), true, "message_expiry among the options")?;
    let stats = peer.client.get_stats().await?;
    equal((stats.streams_count, stats.messages_count), (0, 0), "figures")
}

pub async fn raw_command(peer: &Peer) -> Outcome {
    const GET_STREAM: u32 = 200;
    peer.client.create_stream(STREAM).await?;
    let body = [&[2, STREAM.len() as u8], STREAM.as_bytes()].concat();
    let reply = peer.client.send_binary_request(GET_STREAM, body.into()).await?;
    equal(String::from_utf8_lossy(&reply).contains(STREAM), true, "the name in the reply")
}

use iggy::prelude::*;
use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

pub type Failure = Box<dyn Error + Send + Sync>;
pub type Outcome = Result<(), Failure>;

pub const STREAM: &str = "peer-stream";
pub const TOPIC: &str = "peer-topic";

pub struct Peer {
    pub address: String,
    pub client: IggyClient,
}

pub async fn connect(address: &str, user: &str) -> Result<IggyClient, IggyError> {
    let url = format!("iggy+tcp://{user}@{address}?reconnection_retries=60&reconnection_interval=100ms");
    let client = IggyClient::from_connection_string(&url)?;
    client.connect().await?;
    Ok(client)
}

impl Peer {
    pub async fn other(&self) -> Result<IggyClient, IggyError> {
        connect(&self.address, "iggy:iggy").await
    }

    pub async fn with_topic(&self, partitions: u32) -> Result<(), IggyError> {
        self.client.create_stream(STREAM).await?;
        self.client.create_topic(&stream(), TOPIC, &topic_options(partitions)).await?;
        Ok(())
    }

    pub async fn send(
        &self,
        texts: &[&str],
        partitioning: Partitioning,
    ) -> Result<SendMessagesResponse, IggyError> {
        let mut messages = texts.iter().map(|text| message(text)).collect::<Vec<_>>();
        self.client.send_messages(&stream(), &topic(), &partitioning, &mut messages).await
    }

    /// Payloads of one poll of partition 0 by consumer 1.
    pub async fn poll(&self, strategy: PollingStrategy, count: u32) -> Result<Vec<String>, IggyError> {
        poll(&self.client, 0, &Consumer::default(), strategy, count, false).await
    }
}

pub async fn poll(
    client: &IggyClient,
    partition: u32,
    consumer: &Consumer,
    strategy: PollingStrategy,
    count: u32,
    auto_commit: bool,
) -> Result<Vec<String>, IggyError> {
    let polled = client
        .poll_messages(&stream(), &topic(), Some(partition), consumer, &strategy, count, auto_commit)
        .await?;
    Ok(polled.messages.iter().map(text_of).collect())
}

pub fn message(text: &str) -> IggyMessage {
    IggyMessage::from_str(text).expect("a text is a payload")
}

pub fn text_of(message: &IggyMessage) -> String {
    String::from_utf8_lossy(&message.payload).into_owned()
}

pub fn stream() -> Identifier {
    name(STREAM)
}

pub fn topic() -> Identifier {
    name(TOPIC)
}

pub fn name(text: &str) -> Identifier {
    Identifier::named(text).expect("a name of 1 to 255 bytes")
}

pub fn topic_options(partitions: u32) -> TopicCreateOptions {
    TopicCreateOptions { partitions_count: Some(partitions), ..Default::default() }
}

pub async fn clean(peer: &Peer) -> Result<(), IggyError> {
    for stream in insisted(|| peer.client.get_streams()).await? {
        peer.client.delete_stream(&Identifier::numeric(stream.id)?).await?;
    }
    Ok(())
}

pub fn equal<Found: Debug + PartialEq>(found: Found, wanted: Found, what: &str) -> Outcome {
    if found == wanted {
        return Ok(());
    }
    Err(format!("{what}: found {found:?}, wanted {wanted:?}").into())
}

/// The call's result; while the client connects again, which its heartbeat may begin anew, calls fail unsent.
pub async fn insisted<Value, Call: Future<Output = Result<Value, IggyError>>>(
    call: impl Fn() -> Call,
) -> Result<Value, IggyError> {
    for _ in 0..600 {
        if let Ok(value) = call().await {
            return Ok(value);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    call().await
}

/// The call must be refused with the error.
pub async fn refused<Value>(
    call: impl Future<Output = Result<Value, IggyError>>,
    wanted: IggyError,
) -> Outcome {
    match call.await {
        Ok(_) => Err(format!("was not refused with {wanted:?}").into()),
        Err(error) => equal(error.as_code(), wanted.as_code(), "error number"),
    }
}

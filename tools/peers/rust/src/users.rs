use crate::support::*;
use iggy::prelude::*;

pub async fn wrong_password(peer: &Peer) -> Outcome {
    refused(connect(&peer.address, "iggy:wrong"), IggyError::InvalidCredentials).await?;
    refused(connect(&peer.address, "nobody:iggy"), IggyError::InvalidCredentials).await
}

pub async fn users(peer: &Peer) -> Outcome {
    let client = &peer.client;
    let made = client.create_user("alice", "first-secret", UserStatus::Active, None).await?;
    equal(client.get_users().await?.len(), 2, "users")?;
    let found = client.get_user(&name("alice")).await?;
    equal(found.map(|user| user.id), Some(made.id), "user by name")?;
    refused(
        client.create_user("alice", "first-secret", UserStatus::Active, None),
        IggyError::UserAlreadyExists,
    )
    .await?;
    connect(&peer.address, "alice:first-secret").await?.ping().await?;
    client.change_password(&name("alice"), "first-secret", "second-secret").await?;
    refused(connect(&peer.address, "alice:first-secret"), IggyError::InvalidCredentials).await?;
    let change = UserUpdateOptions::default();
    client.update_user(&name("alice"), Some("alicia"), Some(UserStatus::Inactive), &change).await?;
    equal(connect(&peer.address, "alicia:second-secret").await.is_err(), true, "an inactive user is refused")?;
    client.delete_user(&name("alicia")).await?;
    equal(client.get_user(&name("alicia")).await?.is_none(), true, "a missing user")
}

pub async fn permissions(peer: &Peer) -> Outcome {
    peer.with_topic(1).await?;
    peer.send(&["a"], Partitioning::partition_id(0)).await?;
    let reading = Permissions {
        global: GlobalPermissions { read_streams: true, poll_messages: true, ..Default::default() },
        streams: None,
    };
    peer.client.create_user("reader", "a-secret", UserStatus::Active, Some(reading)).await?;
    let outcome = permissions_of_reader(peer).await;
    peer.client.delete_user(&name("reader")).await?;
    outcome
}

async fn permissions_of_reader(peer: &Peer) -> Outcome {
    let reader = connect(&peer.address, "reader:a-secret").await?;
    let consumer = Consumer::default();
    let texts = poll(&reader, 0, &consumer, PollingStrategy::first(), 9, false).await?;
    equal(texts, vec!["a".to_string()], "messages")?;
    let mut messages = [message("b")];
    let place = Partitioning::partition_id(0);
    refused(
        reader.send_messages(&stream(), &topic(), &place, &mut messages),
        IggyError::Unauthorized,
    )
    .await?;
    refused(reader.create_stream("mine"), IggyError::Unauthorized).await?;
    refused(reader.get_users(), IggyError::Unauthorized).await?;
    peer.client.update_permissions(&name("reader"), None).await?;
    refused(
        poll(&reader, 0, &consumer, PollingStrategy::first(), 9, false),
        IggyError::Unauthorized,
    )
    .await
}

pub async fn tokens(peer: &Peer) -> Outcome {
    let client = &peer.client;
    let made = client.create_personal_access_token("token", PersonalAccessTokenExpiry::NeverExpire).await?;
    equal(client.get_personal_access_tokens().await?.len(), 1, "tokens")?;
    let by_token = connect(&peer.address, &made.token).await?;
    by_token.ping().await?;
    equal(by_token.get_me().await?.user_id, Some(0), "user of the token")?;
    client.delete_personal_access_token("token").await?;
    equal(connect(&peer.address, &made.token).await.is_err(), true, "a deleted token is refused")
}

pub async fn logout(peer: &Peer) -> Outcome {
    let other = peer.other().await?;
    other.logout_user().await?;
    equal(other.get_streams().await.is_err(), true, "refused after the logout")?;
    other.login_user("iggy", "iggy").await?;
    other.get_streams().await?;
    Ok(())
}

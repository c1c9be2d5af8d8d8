using TikTok.Core.Documents;

namespace TikTok.Core.Messages;

/// <summary>Queue <c>privacy-requests</c>: an erasure or an archive has work left. The document in <c>privacyRequests</c> says how far it is.</summary>
/// <param name="RequestId">A message of an earlier request of the kind means nothing.</param>
public sealed record PrivacyWork(string UserId, PrivacyRequestKind Kind, string RequestId);

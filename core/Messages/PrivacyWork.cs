namespace TikTok.Core.Messages;

/// <summary>Queue <c>privacy-requests</c>: the deletion or the export of an account has work left. The document in <c>privacyRequests</c> says how far it is.</summary>
public sealed record PrivacyWork(string UserId, string RequestId);

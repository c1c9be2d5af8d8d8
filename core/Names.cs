namespace TikTok.Core;

/// <summary>The Cosmos containers, in database <see cref="Database"/>. Their partition keys and time-to-live are in <see cref="Cosmos.CosmosSchema"/>.</summary>
public static class Containers
{
    public const string Database = "tiktok";

    public const string Accounts = "accounts";
    public const string Usernames = "usernames";
    public const string Videos = "videos";
    public const string UserVideos = "userVideos";
    public const string Edges = "edges";
    public const string EdgesIn = "edgesIn";
    public const string Comments = "comments";
    public const string Watches = "watches";
    public const string Trends = "trends";
    public const string CreatorStats = "creatorStats";
    public const string Limits = "limits";
    public const string PrivacyRequests = "privacyRequests";
    public const string FeedSessions = "feedSessions";
    public const string Idempotency = "idempotency";
    public const string Sweeps = "sweeps";
    public const string Leases = "leases";
}

/// <summary>Storage queues. Each has a poison queue <c>{name}-poison</c>.</summary>
public static class Queues
{
    /// <summary><see cref="Messages.ProbeJob"/>: a raw upload to be probed by the transcoder container.</summary>
    public const string Probe = "probe";

    /// <summary><see cref="Messages.TranscodeJob"/>: a probed upload to be encoded by the transcoder container.</summary>
    public const string TranscodeJobs = "transcode-jobs";

    /// <summary><see cref="Messages.VideoStep"/>: what a step of a video's processing came to.</summary>
    public const string VideoSteps = "video-steps";

    /// <summary><see cref="Messages.VideoDeletion"/>: a video marked deleted whose blobs and satellites must go.</summary>
    public const string VideoDeletions = "video-deletions";

    /// <summary><see cref="Messages.MediaMove"/>: a video whose visibility now asks for the other media container.</summary>
    public const string MediaMoves = "media-moves";

    /// <summary><see cref="Messages.PrivacyWork"/>: an account whose deletion or export is to go on.</summary>
    public const string PrivacyRequests = "privacy-requests";

    public static readonly IReadOnlyList<string> All = [Probe, TranscodeJobs, VideoSteps, VideoDeletions, MediaMoves, PrivacyRequests];
}

/// <summary>Event hubs.</summary>
public static class Hubs
{
    /// <summary><see cref="Events.Interaction"/>s, partitioned by the video, or where there is none by the account that was acted on.</summary>
    public const string Interactions = "interactions";

    /// <summary>One consumer group per reader of <see cref="Interactions"/>.</summary>
    public static class ConsumerGroups
    {
        /// <summary>Exact view counts into the video documents.</summary>
        public const string Counters = "counters";

        /// <summary>What each account has watched.</summary>
        public const string History = "history";

        /// <summary>What is watched more than it was: videos, hashtags, sounds.</summary>
        public const string Trending = "trending";

        /// <summary>Creators' statistics by hour and day.</summary>
        public const string CreatorStats = "creator-stats";

        /// <summary>Forgets pages of the feed that their persons have outrun.</summary>
        public const string Feed = "feed";

        /// <summary>The ranker's trainer: what models and the state of videos and people are learned from.</summary>
        public const string RankerTrainer = "ranker-trainer";

        /// <summary>The ranker's servers, each of which reads all of the log for itself.</summary>
        public const string RankerServer = "ranker-server";
    }
}

/// <summary>The names of connections: an app setting of this name holds a connection string, or <c>{name}__…Uri</c> settings name an account reached by managed identity.</summary>
public static class Connections
{
    public const string Storage = "Storage";
    public const string Cosmos = "Cosmos";
    public const string EventHubs = "EventHubs";
}

using TikTok.Core;

namespace TikTok.Local.Jobs;

/// <summary>A container job as it is deployed: which queue starts it, and within which limits.</summary>
/// <param name="Queue">The queue; the job itself takes one message of it.</param>
/// <param name="Program">The executable.</param>
/// <param name="MaxExecutions">How many may run at once.</param>
/// <param name="ReplicaTimeout">How long one execution may take before it is ended.</param>
internal sealed record JobDefinition(string Queue, string Program, int MaxExecutions, TimeSpan ReplicaTimeout)
{
    /// <summary>Set by Azure Container Apps in every execution of a job.</summary>
    public const string NameVariable = "CONTAINER_APP_JOB_NAME";
    public const string ExecutionVariable = "CONTAINER_APP_JOB_EXECUTION_NAME";

    /// <summary>The arguments that the deployed job gives its container.</summary>
    public IReadOnlyList<string> Arguments => ["--queue", Queue];

    /// <summary>The jobs of this product, all in the transcoder's image.</summary>
    public static IReadOnlyList<JobDefinition> All(string program) =>
    [
        new(Queues.Probe, program, MaxExecutions: 2, TimeSpan.FromMinutes(2)),
        new(Queues.TranscodeJobs, program, MaxExecutions: 2, TimeSpan.FromHours(1)),
    ];
}

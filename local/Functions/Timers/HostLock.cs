using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.Logging;

namespace TikTok.Local.Functions.Timers;

/// <summary>
/// The lock that makes timers fire in one instance only: a 15-second lease on <c>azure-webjobs-hosts/locks/{host}/host</c>, renewed while it is held.
/// </summary>
internal sealed class HostLock(BlobServiceClient hostStorage, string hostId, TimeProvider time, ILogger log)
{
    internal static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RenewEvery = LeaseTime / 2;
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the lock and runs the work while holding it. The work's token is cancelled when the lock is lost.</summary>
    public async Task HoldAsync(Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        var blob = hostStorage.GetBlobContainerClient("azure-webjobs-hosts").GetBlobClient($"locks/{hostId}/host");
        var lease = blob.GetBlobLeaseClient();
        await AcquireAsync(blob, lease, stopping);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var working = work(held.Token);
        try
        {
            while (!working.IsCompleted)
            {
                await Task.WhenAny(working, Task.Delay(RenewEvery, time, held.Token));
                stopping.ThrowIfCancellationRequested();
                if (!working.IsCompleted)
                {
                    await lease.RenewAsync(cancellationToken: stopping);
                }
            }
        }
        finally
        {
            await held.CancelAsync();
            await working.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await ReleaseAsync(lease);
        }

        await working;
    }

    private async Task AcquireAsync(BlobClient blob, BlobLeaseClient lease, CancellationToken stopping)
    {
        var told = false;
        while (true)
        {
            try
            {
                await lease.AcquireAsync(LeaseTime, cancellationToken: stopping);
                return;
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.ContainerNotFound || error.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                await hostStorage.GetBlobContainerClient(blob.BlobContainerName).CreateIfNotExistsAsync(cancellationToken: stopping);
                await CreateAsync(blob, stopping);
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.LeaseAlreadyPresent)
            {
                log.Log(told ? LogLevel.Debug : LogLevel.Information, "Another instance, or one that was killed just now, holds the timers' lock.");
                told = true;
                await Task.Delay(TryEvery, time, stopping);
            }
        }
    }

    private static async Task CreateAsync(BlobClient blob, CancellationToken stopping)
    {
        try
        {
            await blob.UploadAsync(
                BinaryData.FromString(string.Empty),
                new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                stopping);
        }
        catch (RequestFailedException error) when (error.Status is 409 or 412)
        {
            // Somebody else made it.
        }
    }

    private async Task ReleaseAsync(BlobLeaseClient lease)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        try
        {
            await lease.ReleaseAsync(cancellationToken: limit.Token);
        }
        catch (Exception error) when (error is RequestFailedException or OperationCanceledException or AggregateException)
        {
            // It runs out by itself.
            log.LogDebug("The timers' lock was not released: {Reason}", error.Message);
        }
    }
}

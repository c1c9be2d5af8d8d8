using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TikTok.Core.Messages;
using TikTok.Core.Storage;
using TikTok.Functions.Platform;
using TikTok.Functions.Videos.Processing;
using TikTok.Functions.Videos.Sweeps;
using TikTok.Functions.Videos.Upload;

namespace TikTok.Functions.Videos;

/// <summary>Upload, processing, playback and deletion of videos.</summary>
public static class VideosFeature
{
    /// <exception cref="InvalidOperationException">A limit in the settings is not what it should be.</exception>
    public static IServiceCollection AddVideos(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton<VideoQueues>();
        services.TryAddSingleton<BlobSas>();
        services.TryAddSingleton<PlaylistPass>();
        services.TryAddSingleton<MediaUrls>();
        return services
            .AddSingleton(VideoLimits.From(configuration))
            .AddSingleton<VideoPipeline>()
            .AddSingleton<VideoRemoval>()
            .AddSingleton<CreatorCopies>()
            .AddSingleton<MediaMover>()
            .AddSingleton<ISweep, UnsettledVideos>()
            .AddSingleton<ISweep, OrphanUploads>()
            .AddSingleton<ISweep>(s => Media(s, BlobContainers.Media))
            .AddSingleton<ISweep>(s => Media(s, BlobContainers.PrivateMedia))
            .AddSingleton<Uploads>();
    }

    private static OrphanMedia Media(IServiceProvider services, string container) => ActivatorUtilities.CreateInstance<OrphanMedia>(services, container);
}

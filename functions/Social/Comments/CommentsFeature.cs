using Microsoft.Extensions.DependencyInjection;

namespace TikTok.Functions.Social.Comments;

public static class CommentsFeature
{
    public static IServiceCollection AddComments(this IServiceCollection services) => services
        .AddSingleton<CommentAccess>()
        .AddSingleton<CommentPages>()
        .AddSingleton<CommentViews>();
}

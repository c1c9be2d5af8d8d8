using System.Globalization;
using Microsoft.Extensions.Configuration;
using TikTok.Core.Documents;

namespace TikTok.Functions.Platform;

/// <summary>Whose tokens a class is counted in.</summary>
public enum RateSubject { User, Address }

/// <summary>
/// The one table of limits. Setting <c>RateLimits__{Class}</c> replaces the capacities of a class by one figure for everyone, <c>1000</c>, or by three for
/// users, verified people and creators, <c>3/10/50</c>; windows stay. Moderators and administrators have the larger of the last two.
/// </summary>
/// <remarks>Uploads, follows, likes and requests are the product's figures; the others are chosen to be out of the way of people and in that of programs.</remarks>
public sealed class RateLimits
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <param name="Subject">Whom it counts.</param>
    /// <param name="CountsRefusals">Whether a call that was refused for what it asked (a wrong password) has used a token all the same.</param>
    public sealed record ClassRow(RouteClass Class, RateSubject Subject, int User, int Verified, int Creator, TimeSpan Window, bool CountsRefusals = false);

    public static readonly IReadOnlyList<ClassRow> Table =
    [
        new(RouteClass.Requests, RateSubject.User, 1_000, 1_000, 1_000, Minute, CountsRefusals: true),
        new(RouteClass.AnonymousRequests, RateSubject.Address, 1_000, 1_000, 1_000, Minute, CountsRefusals: true),
        new(RouteClass.Registrations, RateSubject.Address, 30, 30, 30, Hour, CountsRefusals: true),
        new(RouteClass.SignIns, RateSubject.Address, 60, 60, 60, Minute, CountsRefusals: true),
        new(RouteClass.Uploads, RateSubject.User, 3, 10, 50, Day),
        new(RouteClass.Follows, RateSubject.User, 200, 500, 500, Day),
        new(RouteClass.Likes, RateSubject.User, 500, 2_000, 2_000, Day),
        new(RouteClass.Comments, RateSubject.User, 300, 1_000, 1_000, Day),
        new(RouteClass.Shares, RateSubject.User, 300, 1_000, 1_000, Day),
        new(RouteClass.WatchEvents, RateSubject.User, 120, 120, 120, Minute),
    ];

    private readonly Dictionary<RouteClass, (ClassRow Row, RateLimit User, RateLimit Verified, RateLimit Creator, RateLimit Staff)> _byClass;

    /// <exception cref="InvalidOperationException">A setting is neither one nor three numbers from 1 on.</exception>
    public RateLimits(IConfiguration configuration) => _byClass = Table
        .Select(row => Configured(row, configuration[$"RateLimits:{row.Class}"]))
        .ToDictionary(row => row.Class, row => (row, Limit(row, row.User), Limit(row, row.Verified), Limit(row, row.Creator), Limit(row, Math.Max(row.Verified, row.Creator))));

    public ClassRow Row(RouteClass routeClass) => _byClass[routeClass].Row;

    /// <param name="role">null: nobody signed in.</param>
    public RateLimit For(RouteClass routeClass, Role? role)
    {
        var (_, user, verified, creator, staff) = _byClass[routeClass];
        return role switch
        {
            Role.Verified => verified,
            Role.Creator => creator,
            Role.Moderator or Role.Admin => staff,
            _ => user,
        };
    }

    private static ClassRow Configured(ClassRow row, string? setting)
    {
        if (string.IsNullOrEmpty(setting)) return row;
        var figures = setting.Split('/').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var figure) ? figure : 0).ToList();
        if (figures.Exists(figure => figure < 1) || figures.Count is not (1 or 3))
            throw new InvalidOperationException($"Setting 'RateLimits__{row.Class}' must be one number from 1 on, or three as in 3/10/50, not '{setting}'.");
        return row with { User = figures[0], Verified = figures[figures.Count / 2], Creator = figures[^1] };
    }

    private static RateLimit Limit(ClassRow row, int capacity) => new(row.Class, capacity, row.Window);
}

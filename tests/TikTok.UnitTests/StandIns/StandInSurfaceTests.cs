using System.Reflection;

namespace TikTok.UnitTests.StandIns;

/// <summary>
/// A stand-in shows nothing that the official package does not have with exactly that signature, so that what is written against
/// it compiles against the official one. What the lists do not tell, this cannot hold: nullability, the access of a single
/// accessor (a protected setter is listed like a public one), the numbers behind enum names (their order stands for them, so an
/// enum must be there whole), generic constraints, attributes and implemented interfaces.
/// </summary>
public sealed class StandInSurfaceTests
{
    [Fact]
    public void Every_public_member_of_every_stand_in_is_one_of_the_official_package()
    {
        var official = OfficialSurface.Read();
        var strangers = StandIns().SelectMany(assembly => PublicSurface.Types(assembly)).SelectMany(type =>
        {
            var header = PublicSurface.Header(type);
            return official.Members(header) is { } members
                ? PublicSurface.Members(type).Where(member => !Has(members, type, member)).Select(member => $"{header}\n    {member}")
                : [$"{header}\n    the type itself"];
        }).ToList();

        Assert.True(strangers.Count == 0, "Not in the official packages:\n" + string.Join("\n", strangers));
    }

    [Fact]
    public void The_formatter_writes_members_as_the_lists_do()
    {
        Assert.Equal("abstract class TikTok.UnitTests.StandIns.SurfaceSample<T> : System.Exception", PublicSurface.Header(typeof(SurfaceSample<>)));
        Assert.Equal(
            new[]
            {
                "protected .ctor(int? count = default)",
                "static string Constant",
                "bool Closed { get; set; }",
                "protected virtual System.DateTimeOffset? When { get; }",
                "virtual string Message { get; }",
                "abstract Task<IReadOnlyList<T>> ListAsync(CancellationToken cancellationToken = default)",
                "static bool TryGet<TOther>(string name, out TOther& found, System.DayOfWeek day = Monday, double rate = 0.5, bool deep = True)",
                "void Take(params string[] names)",
            }.Order(),
            PublicSurface.Members(typeof(SurfaceSample<>)).Order());
        Assert.Equal(["First, Second"], PublicSurface.Members(typeof(SurfaceSampleKind)));
    }

    // Nobody can tell a public constructor of an abstract class from a protected one: both serve derived classes and no one else.
    private static bool Has(IReadOnlySet<string> members, Type type, string member) =>
        members.Contains(member)
        || (type.IsAbstract && member.StartsWith("protected .ctor", StringComparison.Ordinal) && members.Contains(member["protected ".Length..]));

    private static IEnumerable<Assembly> StandIns() =>
        Directory.GetFiles(AppContext.BaseDirectory, "StandIns.*.dll").Select(path => Assembly.Load(AssemblyName.GetAssemblyName(path)));
}

public enum SurfaceSampleKind
{
    First,
    Second,
}

public abstract class SurfaceSample<T> : Exception
{
    public const string Constant = "x";

    protected SurfaceSample(int? count = default) => Count = count;

    public override string Message => "";

    public bool Closed { get; protected set; }

    protected virtual DateTimeOffset? When => null;

    internal int? Count { get; }

    public static bool TryGet<TOther>(string name, out TOther? found, DayOfWeek day = DayOfWeek.Monday, double rate = 0.5, bool deep = true)
    {
        found = default;
        return name.Length + (int)day + rate > 0 && deep;
    }

    public abstract Task<IReadOnlyList<T>> ListAsync(CancellationToken cancellationToken = default);

    public void Take(params string[] names) => Closed = names.Length > 0;

    public override string ToString() => "";
}

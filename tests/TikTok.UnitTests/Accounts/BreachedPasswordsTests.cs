using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;

namespace TikTok.UnitTests.Accounts;

public sealed class BreachedPasswordsTests
{
    // The list is expanded once for all tests.
    private static readonly BreachedPasswords Common = new();

    [Fact]
    public void Filter_finds_whatever_was_added() =>
        Prop.ForAll<string[]>(passwords =>
        {
            var filter = BloomFilter.Create(Math.Max(1, passwords.Length), 0.01);
            foreach (var password in passwords) filter.Add(DigestOf(password ?? ""));
            return passwords.All(password => filter.MayContain(DigestOf(password ?? "")));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.001)]
    public void Filter_finds_what_was_not_added_as_seldom_as_asked(double falsePositives)
    {
        const int Entries = 50_000;
        const int Asked = 200_000;
        var filter = BloomFilter.Create(Entries, falsePositives);
        for (var i = 0; i < Entries; i++) filter.Add(DigestOf($"in {i}"));

        var found = Enumerable.Range(0, Asked).Count(i => filter.MayContain(DigestOf($"out {i}")));

        // Six standard deviations about what is expected: digests are fixed, so this is the same at every run.
        var expected = Asked * falsePositives;
        Assert.InRange(found, expected - (6 * Math.Sqrt(expected)), expected + (6 * Math.Sqrt(expected)));
    }

    [Fact]
    public void Filter_written_and_read_is_the_same()
    {
        var filter = BloomFilter.Create(100, 0.001);
        for (var i = 0; i < 100; i++) filter.Add(DigestOf($"{i}"));

        var read = BloomFilter.Read(Written(filter));

        Assert.Equal((filter.Entries, filter.Bytes), (read.Entries, read.Bytes));
        Assert.Equal(Written(filter).ToArray(), Written(read).ToArray());
        Assert.All(Enumerable.Range(0, 100), i => Assert.True(read.MayContain(DigestOf($"{i}"))));
    }

    [Fact]
    public void Filter_of_a_known_entry_is_these_bytes()
    {
        // The format: what other programs write by its description must be read by this one.
        var filter = BloomFilter.Create(1, 0.1);
        filter.Add(DigestOf("password"));
        Assert.Equal("5454424C4F4F4D31" + "03000000" + "00000000" + "0800000000000000" + "0100000000000000", Convert.ToHexString(Written(filter).ToArray()[..32]));
        Assert.Equal(32 + 1 + 32, Written(filter).Length);
    }

    [Fact]
    public void File_that_is_cut_changed_longer_or_none_at_all_is_refused()
    {
        var whole = Written(BloomFilter.Create(1000, 0.01)).ToArray();
        var changed = whole.ToArray();
        changed[100] ^= 1;
        var huge = whole.ToArray();
        huge.AsSpan(16, 8).Fill(0xFF);
        foreach (var bytes in (byte[][])[[], whole[..20], whole[..^1], [.. whole, 0], changed, huge, "not a filter, but long enough for a header"u8.ToArray()])
            Assert.Throws<InvalidDataException>(() => BloomFilter.Read(new MemoryStream(bytes)));
    }

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(long.MaxValue, 0.1)]
    public void Filter_of_impossible_size_is_refused(long entries, double falsePositives) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BloomFilter.Create(entries, falsePositives));

    [Theory]
    [InlineData("password")]
    [InlineData("PASSWORD1")]
    [InlineData("Password1!")]
    [InlineData("p@ssw0rd")]
    [InlineData("P@ssw0rd123")]
    [InlineData("12345678")]
    [InlineData("qwertyuiop")]
    [InlineData("1qaz2wsx")]
    [InlineData("iloveyou2")]
    [InlineData("Michael1985")]
    [InlineData("Summer2024!")]
    [InlineData("liverpool123")]
    [InlineData("aaaaaaaa")]
    [InlineData("31121999")]
    [InlineData("1999-12-31")]
    [InlineData("12121212")]
    [InlineData("passwordpassword")]
    [InlineData("ilovejessica")]
    [InlineData("dr@gon2010")]
    [InlineData("DR4G0N123")]
    public void Common_password_is_found(string password) => Assert.True(Common.Contains(password));

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("Correct-horse-9")]
    [InlineData("Demo-Password-1")]
    [InlineData("Zug um Zug, halb elf")]
    [InlineData("x7#Kq!vT2m")]
    public void Password_that_somebody_thought_about_is_not_found(string password) => Assert.False(Common.Contains(password));

    [Fact]
    public void Common_passwords_are_in_lower_case_long_enough_and_as_many_as_it_says()
    {
        Assert.All(CommonPasswords.All().Take(100_000), password => Assert.True(password.Length >= 8 && password == password.ToLowerInvariant(), password));
        Assert.Equal(CommonPasswords.Count, CommonPasswords.All().Count());
    }

    [Fact]
    public void Random_passwords_are_refused_by_mistake_about_twice_in_10000_times()
    {
        const int Asked = 200_000;
        var random = new Random(1);
        var found = 0;
        for (var i = 0; i < Asked; i++)
        {
            // Of mixed case, so that both looks are taken.
            if (Common.Contains($"A{random.NextInt64():x16}Z")) found++;
        }

        Assert.InRange(found, 0, 2 * Asked * BreachedPasswords.FalsePositives * 2);
    }

    [Fact]
    public void Lookup_allocates_nothing()
    {
        Common.Contains("warm-up of what is built once");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Common.Contains("Tr0ub4dor&3 and more");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void List_of_digests_with_and_without_counts_and_of_plain_passwords_makes_a_filter()
    {
        string[] lines = [$"{Hex("hunter2 hunter2")}:17", Hex("swordfish swordfish").ToLowerInvariant(), $"{Hex("seen only once")}:1", "", "caf\u00E9 cafe\u0301"];

        var filter = BreachedPasswordList.BuildFilter(() => lines, 0.0001, minCount: 2);

        Assert.Equal(3UL, filter.Entries);
        var breached = new BreachedPasswords(filter);
        Assert.True(breached.Contains("hunter2 hunter2"));
        Assert.True(breached.Contains("Swordfish SWORDFISH"));
        Assert.True(breached.Contains(Texts.Normalize("caf\u00E9 cafe\u0301")));
        Assert.False(breached.Contains("seen only once"));
    }

    [Fact]
    public void Setting_names_a_filters_file_and_a_wrong_one_keeps_the_application_from_starting()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.Create(path)) BreachedPasswordList.BuildFilter(() => ["our company's own name"], 0.0001).Write(file);

            Assert.True(BreachedPasswords.From(Settings(path)).Contains("our company's own name"));
            Assert.False(BreachedPasswords.From(Settings("")).Contains("our company's own name"));
            Assert.Contains("Passwords__BreachedFilter", Assert.Throws<InvalidOperationException>(() => BreachedPasswords.From(Settings(path + ".gone"))).Message);
            File.WriteAllText(path, "no filter");
            Assert.Throws<InvalidOperationException>(() => BreachedPasswords.From(Settings(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("short", false)]
    [InlineData("password1", false)]
    [InlineData("long enough and rare", true)]
    public void Rules_name_the_field(string password, bool isGood)
    {
        var validation = new PasswordRules(Common).Check(new Validation(), "newPassword", password);
        if (isGood) validation.ThrowIfInvalid();
        else Assert.Equal("newPassword", Assert.Single(Assert.Throws<ProblemException>(validation.ThrowIfInvalid).Problem.Errors!).Key);
    }

    [Fact]
    public void Rules_count_characters_and_stop_at_what_nobody_types()
    {
        var rules = new PasswordRules(Common);
        Assert.True(rules.Check(new Validation(), "p", string.Concat(Enumerable.Repeat("\U0001F469", 128))).IsValid);
        Assert.False(rules.Check(new Validation(), "p", new string('x', 129)).IsValid);
        Assert.False(rules.Check(new Validation(), "p", "a" + new string('\u0301', 60_000)).IsValid);
    }

    private static IConfiguration Settings(string path) =>
        new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create<string, string?>("Passwords:BreachedFilter", path)]).Build();

    private static MemoryStream Written(BloomFilter filter)
    {
        var stream = new MemoryStream();
        filter.Write(stream);
        stream.Position = 0;
        return stream;
    }

    private static byte[] DigestOf(string password)
    {
        var digest = new byte[20];
        BreachedPasswords.Digest(password, digest);
        return digest;
    }

    private static string Hex(string password) => Convert.ToHexString(DigestOf(password));
}

using TikTok.Core.Documents;

namespace TikTok.Simulation;

/// <summary>Somebody who watches. What the service knows of them is the profile; the rest is hidden from every feed.</summary>
public sealed class Person
{
    internal Person(int number, Profile profile, float activity, float[] interests, float[] style, int[] favourites)
    {
        Number = number;
        Profile = profile;
        Activity = activity;
        Interests = interests;
        Style = style;
        Favourites = favourites;
    }

    public int Number { get; }

    public Profile Profile { get; }

    /// <summary>Sessions a day.</summary>
    internal float Activity { get; }

    /// <summary>By topic, −1 to 1.</summary>
    internal float[] Interests { get; }

    internal float[] Style { get; }

    internal int[] Favourites { get; }

    internal int TasteChanges { get; set; }
}

/// <summary>An account as the service knows it.</summary>
/// <param name="Interests">Hashtags chosen in the quiz; none when it was left out.</param>
public sealed record Profile(string UserId, string Country, DateOnly BirthDate, IReadOnlyList<string> Interests);

/// <summary>Somebody who makes videos.</summary>
public sealed class Creator
{
    internal Creator(int number, string userId, DateTimeOffset joinedAt, string country, int topic, int otherTopic, float quality, float[] style, float activity)
    {
        Number = number;
        UserId = userId;
        JoinedAt = joinedAt;
        Country = country;
        Topic = topic;
        OtherTopic = otherTopic;
        Quality = quality;
        Style = style;
        Activity = activity;
    }

    public int Number { get; }

    public string UserId { get; }

    public DateTimeOffset JoinedAt { get; }

    internal string Country { get; }

    internal int Topic { get; }

    internal int OtherTopic { get; }

    internal float Quality { get; }

    internal float[] Style { get; }

    /// <summary>Share of the uploads.</summary>
    internal float Activity { get; }
}

/// <summary>A video and what is hidden in it.</summary>
public sealed class Clip
{
    internal Clip(int number, Video document, Creator creator, int topic, int otherTopic, float share, float quality, float[] style, int lengthMs)
    {
        Number = number;
        Document = document;
        Creator = creator;
        Topic = topic;
        OtherTopic = otherTopic;
        Share = share;
        Quality = quality;
        Style = style;
        LengthMs = lengthMs;
    }

    public int Number { get; }

    /// <summary>As the product's container has it.</summary>
    public Video Document { get; }

    public Creator Creator { get; }

    public int LengthMs { get; }

    internal int Topic { get; }

    internal int OtherTopic { get; }

    /// <summary>How much of it is <see cref="Topic"/>; the rest is <see cref="OtherTopic"/>.</summary>
    internal float Share { get; }

    internal float Quality { get; }

    internal float[] Style { get; }
}

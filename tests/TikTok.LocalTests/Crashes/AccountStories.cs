using TikTok.Core.Cosmos;
using TikTok.Core.Documents;
using TikTok.Functions.Accounts;
using TikTok.Functions.Platform;

namespace TikTok.LocalTests.Crashes;

/// <summary>Accounts, sessions and profiles.</summary>
internal static class AccountStories
{
    private const string Password = "correct horse battery";

    public static IReadOnlyList<CrashStory> All { get; } =
    [
        // A repetition finds the name taken, by itself; a session more or less is a device that signs in again.
        new("Register", "a free name", stage => Task.FromResult(stage.Request("Register", null, new RegisterRequest("newcomer", Password, new DateOnly(1990, 1, 1)))))
        {
            IsRequest = true,
            Leaves = [Session.DocumentType],
        },
        new("Login", "with the right password", async stage =>
        {
            await AdaAsync(stage);
            return stage.Request("Login", null, new LoginRequest("ada", Password));
        })
        { IsRequest = true, Leaves = [Session.DocumentType] },

        // A refresh whose answer was lost ends its session when it is tried again, unless it has an Idempotency-Key: the token was used twice.
        new("Refresh", "of a session", async stage =>
        {
            var ada = await AdaAsync(stage);
            var signedIn = await SignInAsync(stage, ada);
            return stage.Request("Refresh", null, new RefreshTokenRequest(signedIn.RefreshToken));
        })
        { IsRequest = true, Leaves = [Session.DocumentType] },
        Request("Logout", "of a session", async stage =>
        {
            var ada = await AdaAsync(stage);
            var signedIn = await SignInAsync(stage, ada);
            return stage.Request("Logout", ada, new RefreshTokenRequest(signedIn.RefreshToken));
        }),
        Request("EndSession", "of another device", async stage =>
        {
            var ada = await AdaAsync(stage);
            await SignInAsync(stage, ada);
            return stage.Request("EndSession", ada, null, ("id", (await stage.Get<SessionStore>().ListAsync(ada.UserId, 0, null, 1, default))[0].SessionId));
        }),
        Request("EndOtherSessions", "of another device", async stage =>
        {
            var ada = await AdaAsync(stage);
            return stage.Request("EndOtherSessions", await OwnSessionAsync(stage, ada));
        }),

        // The repetition shows a password that is no longer the right one.
        new("ChangePassword", "with the right one", async stage =>
        {
            var ada = await AdaAsync(stage);
            return stage.Request("ChangePassword", await OwnSessionAsync(stage, ada), new PasswordChangeRequest(Password, "another horse's battery"));
        })
        { IsRequest = true },
        Request("ChangeMe", "of name and biography", async stage => stage.Request("ChangeMe", await AdaAsync(stage), new ProfileChange("Ada L.", "Counts."))),
        Request("ChooseInterests", "for the first time", async stage => stage.Request("ChooseInterests", await AdaAsync(stage), new InterestsRequest(["cooking"]))),
        Request("AssignRole", "by an admin", async stage =>
        {
            var admin = await stage.PersonAsync("admin", a => a with { Role = Role.Admin });
            return stage.Request("AssignRole", await OwnSessionAsync(stage, admin), new RoleRequest(Role.Moderator), ("id", (await AdaAsync(stage)).UserId));
        }),
        Request("DeleteMe", "with the password", async stage => stage.Request("DeleteMe", await OwnSessionAsync(stage, await AdaAsync(stage)), new DeletionRequest(Password))),
    ];

    private static CrashStory Request(string function, string what, Func<Stage, Task<Func<ProductProgram, Task>>> beginAsync) =>
        new(function, what, beginAsync) { IsRequest = true };

    private static async Task<SignedIn> SignInAsync(Stage stage, Caller ada) =>
        await stage.Get<Sessions>().OpenAsync((await stage.Get<AccountStore>().FindAsync(ada.UserId, default))!, "", default);

    /// <summary>Ada on one of two devices.</summary>
    private static async Task<Caller> OwnSessionAsync(Stage stage, Caller ada)
    {
        foreach (var _ in new[] { "phone", "tablet" }) await SignInAsync(stage, ada);
        return ada with { SessionId = (await stage.Get<SessionStore>().ListAsync(ada.UserId, 0, null, 1, default))[0].SessionId };
    }

    private static Task<Caller> AdaAsync(Stage stage) =>
        stage.PersonAsync("ada", a => a with { PasswordHash = Hash.Value(stage) });

    /// <summary>Made once: it is meant to be slow.</summary>
    private static class Hash
    {
        private static string? _hash;

        public static string Value(Stage stage) => _hash ??= stage.Get<Passwords>().Hash(Password);
    }
}

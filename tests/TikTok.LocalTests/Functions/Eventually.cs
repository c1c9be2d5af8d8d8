namespace TikTok.LocalTests.Functions;

internal static class Eventually
{
    /// <summary>Asks again until it is so, for two minutes.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }
}

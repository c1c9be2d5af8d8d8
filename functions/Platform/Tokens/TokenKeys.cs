namespace TikTok.Functions.Platform;

/// <summary>
/// The key that signs access tokens and all that verify them. <c>Jwt__SigningKey</c> is the private key of the first, in Azure a Key Vault reference;
/// <c>Jwt__VerifyingKeys</c> holds any number of public keys, separated by commas: of the key that will sign next, and of those that signed lately.
/// How a key is replaced without refusing anyone's token is in docs/runbook.md.
/// </summary>
public sealed class TokenKeys
{
    private const string SigningSetting = "Jwt__SigningKey";
    private const string VerifyingSetting = "Jwt__VerifyingKeys";

    /// <param name="signing">PKCS #8 in PEM or in bare base64.</param>
    /// <param name="verifying">SubjectPublicKeyInfo in PEM or in bare base64, separated by commas; may be empty.</param>
    /// <exception cref="InvalidOperationException">The signing key is missing, or one of them is not a P-256 key of its form.</exception>
    public TokenKeys(string? signing, string? verifying = null)
    {
        if (string.IsNullOrWhiteSpace(signing)) throw new InvalidOperationException($"Setting '{SigningSetting}' is missing: it must hold a P-256 private key.");
        Signing = TokenKey.Private(signing, SigningSetting);
        Verifying =
        [
            Signing,
            .. (verifying ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(key => TokenKey.Public(key, VerifyingSetting)),
        ];
    }

    public TokenKey Signing { get; }

    /// <summary>The signing key first: nearly every token is of it.</summary>
    public IReadOnlyList<TokenKey> Verifying { get; }
}

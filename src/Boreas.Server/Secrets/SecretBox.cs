using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Boreas.Server.Secrets;

/// <summary>Encrypts values for one place: what is moved to another row of the database cannot be read there.</summary>
internal sealed class SecretBox(IDataProtectionProvider protection)
{
    public string Close(string value, params string[] place) => ProtectorFor(place).Protect(value);

    /// <exception cref="SecretUnreadableException">Its key is gone, or it is not what was written there.</exception>
    public SecretValue Open(string closed, params string[] place)
    {
        try
        {
            return new SecretValue(ProtectorFor(place).Unprotect(closed));
        }
        catch (CryptographicException e)
        {
            throw new SecretUnreadableException(string.Join('/', place), e);
        }
    }

    private IDataProtector ProtectorFor(string[] place) => protection.CreateProtector("Boreas.Secret", place);
}

/// <summary>A stored secret that cannot be decrypted: the folder <c>keys</c> is not the one that it was written with.</summary>
public sealed class SecretUnreadableException(string place, Exception inner)
    : Exception($"The secret {place} cannot be decrypted: the data folder's 'keys' is not the one it was stored with. Bring that folder back, or store the secret again.", inner);

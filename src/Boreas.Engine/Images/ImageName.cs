namespace Boreas.Engine.Images;

/// <summary>How the images that Boreas builds are called.</summary>
public static class ImageName
{
    /// <summary><c>{registry}/{project}/apps/app-{appId}:{sha}</c>.</summary>
    /// <param name="registry">Host of the registry, with its port where it has one.</param>
    /// <param name="sha">Commit id.</param>
    /// <exception cref="FormatException">The parts make no image reference in that registry.</exception>
    public static ImageReference For(string registry, string project, string appId, string sha)
    {
        var text = $"{registry}/{project}/apps/app-{appId}:{sha}";
        if (!ImageReference.TryParseExact(text, out var reference, out var error)) throw new FormatException($"The image name '{text}' {error}.");
        if (reference.Domain != registry || reference.Tag != sha) throw new FormatException($"The image name '{text}' has a registry that is none: '{registry}'.");
        return reference;
    }
}

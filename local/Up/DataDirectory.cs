namespace TikTok.Local.Up;

/// <summary>Where one local service keeps its state. Opening it takes a lock: two supervisors over one state would corrupt it.</summary>
public sealed class DataDirectory : IDisposable
{
    private static readonly string[] Parts = ["cosmos", "eventhubs", "storage", "functions", "jobs", "ranker", "demo", "logs"];
    private static readonly string[] Files = ["secrets.json", "ports.json", "walk.sh"];

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream fileLock)
    {
        Path = path;
        _lock = fileLock;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    public string Logs => Of("logs");
    public string Demo => Of("demo");
    public string Secrets => System.IO.Path.Combine(Path, "secrets.json");
    public string Ports => System.IO.Path.Combine(Path, "ports.json");
    public string Walk => System.IO.Path.Combine(Path, "walk.sh");

    /// <exception cref="IOException">Another supervisor holds the directory.</exception>
    public static DataDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileStream fileLock;
        try
        {
            fileLock = new FileStream(System.IO.Path.Combine(full, "up.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"{full} is in use by another local/up. Stop that one, or choose another --data.", e);
        }
        return new DataDirectory(full, fileLock);
    }

    /// <summary>The directory of one part, created when missing.</summary>
    public string Of(string part) => Directory.CreateDirectory(System.IO.Path.Combine(Path, part)).FullName;

    /// <summary>Removes the state: the parts that this service writes, and nothing else that may lie there.</summary>
    public void Reset()
    {
        foreach (var part in Parts)
        {
            var directory = System.IO.Path.Combine(Path, part);
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
        foreach (var file in Files) File.Delete(System.IO.Path.Combine(Path, file));
    }

    public void Dispose() => _lock.Dispose();
}

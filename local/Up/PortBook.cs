using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace TikTok.Local.Up;

/// <summary>
/// Which loopback port each service has: chosen once and kept, so that connection strings survive a restart; chosen anew when somebody else took it meanwhile.
/// </summary>
public sealed class PortBook
{
    // Below the ephemeral range (32768 and up by default): a port in it, while its service restarts, can be taken by an outgoing
    // connection, even by a client of that very service connecting to itself.
    private const int Lowest = 20_000;
    private const int Highest = 29_999;

    private readonly string _path;
    private readonly Func<int, bool> _isFree;
    private readonly Dictionary<string, int> _ports;

    public PortBook(string path)
        : this(path, IsFree)
    {
    }

    internal PortBook(string path, Func<int, bool> isFree)
    {
        _path = path;
        _isFree = isFree;
        _ports = File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(path)) ?? [] : [];
    }

    public int this[string name]
    {
        get
        {
            if (_ports.TryGetValue(name, out var kept) && _isFree(kept)) return kept;
            var port = Choose();
            _ports[name] = port;
            File.WriteAllText(_path, JsonSerializer.Serialize(_ports));
            return port;
        }
    }

    /// <summary>Whether a listener can be bound to it on 127.0.0.1 now.</summary>
    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private int Choose()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            var port = Random.Shared.Next(Lowest, Highest + 1);
            if (!_ports.ContainsValue(port) && _isFree(port)) return port;
        }
        throw new InvalidOperationException($"No free port between {Lowest} and {Highest}.");
    }
}

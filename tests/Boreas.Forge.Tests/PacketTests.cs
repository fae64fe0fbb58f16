using System.Buffers;
using System.Text;
using Boreas.Forge.Packets;
using Boreas.Forge.Progress;

namespace Boreas.Forge.Tests;

public sealed class PacketTests
{
    private const string Zeros = "0000000000000000000000000000000000000000";
    private const string One = "1111111111111111111111111111111111111111";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void CommandsAreReadHoweverTheBodyIsCut(int size)
    {
        var body = Encoding.UTF8.GetBytes(
            Packet($"shallow {One}") + Packet($"{Zeros} {One} refs/heads/main\0 report-status side-band-64k agent=x\n") + Packet($"{One} {Zeros} refs/heads/old\n") + "0000PACKxxxx0006zz");
        var commands = new PushCommands();
        foreach (var piece in body.Chunk(size)) commands.Feed(piece);
        Assert.True(commands.Complete && commands.SideBand);
        Assert.Equal([new PushCommand(Zeros, One, "refs/heads/main"), new PushCommand(One, Zeros, "refs/heads/old")], commands.Commands);
        Assert.Equal([false, true], commands.Commands.Select(command => command.Deletes));
    }

    [Theory]
    [InlineData("0003")]
    [InlineData("-001")]
    [InlineData("ffff")]
    [InlineData("fff5")]
    [InlineData("+0a1")]
    [InlineData("GET ")]
    [InlineData("0008push")]
    [InlineData("0030push-cert\0 report-status nonce=0123456789012")]
    public void WhatIsNoCommandListIsRefused(string body) =>
        Assert.Throws<InvalidDataException>(() => new PushCommands().Feed(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void AListWithoutEndIsRefused()
    {
        var commands = new PushCommands();
        var line = Encoding.UTF8.GetBytes(Packet($"{Zeros} {One} refs/heads/{new string('x', 900)}\n"));
        Assert.Throws<InvalidDataException>(() =>
        {
            for (var sent = 0; sent < 2 * PushCommands.MaxBytes; sent += line.Length) commands.Feed(line);
        });
    }

    [Fact]
    public void AReportIsReadAcrossPackets()
    {
        var bytes = Encoding.UTF8.GetBytes("000eunpack ok\n0017ok refs/heads/main\n0023ng refs/heads/x failed to lock\n0000");
        var report = new PushReport();
        foreach (var piece in bytes.Chunk(5)) report.Feed(new ReadOnlySequence<byte>(piece));
        Assert.Equal((true, true, false), (report.Complete, report.Accepted("refs/heads/main"), report.Accepted("refs/heads/x")));
    }

    [Fact]
    public void ALongTextIsSentInSeveralPackets()
    {
        var output = new ArrayBufferWriter<byte>();
        PktLine.WriteBand(output, 2, new string('a', 100_000));
        PktLine.WriteBand(output, 2, "");
        var rest = new ReadOnlySequence<byte>(output.WrittenMemory);
        var lengths = new List<long>();
        while (PktLine.TryRead(ref rest, out var packet, out _)) lengths.Add(packet.Payload.Length - 1);
        Assert.Equal([65515, 34485, 0], lengths);
    }

    [Theory]
    [InlineData("plain ✓ 你好", "plain ✓ 你好")]
    [InlineData("\e[1;31mred\e[0m", "red")]
    [InlineData("\e]0;title\a", "?]0;title?")]
    [InlineData("\e[", "")]
    [InlineData("a\tb\r", "a    b")]
    [InlineData("a\u202eb\u009bc\bd", "a?b?c?d")]
    public void NothingSteersThePushersTerminal(string text, string expected) => Assert.Equal(expected, TerminalText.Clean(text));

    private static string Packet(string line) => $"{Encoding.UTF8.GetByteCount(line) + 4:x4}{line}";
}

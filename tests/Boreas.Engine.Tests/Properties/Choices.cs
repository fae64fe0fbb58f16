namespace Boreas.Engine.Tests.Properties;

/// <summary>
/// A list of numbers read as a list of decisions. What is random is a plain array, so that a failing case shrinks by
/// itself: fewer numbers are fewer commands, smaller numbers are simpler choices. When it is used up every choice is the first.
/// </summary>
internal sealed class Choices(int[] numbers)
{
    private int _next;

    public bool Any => _next < numbers.Length;

    /// <summary>0 … <paramref name="count"/> − 1.</summary>
    public int Below(int count) => Any ? (numbers[_next++] & int.MaxValue) % count : 0;

    public bool OneIn(int count) => Below(count) == count - 1;

    public T? Of<T>(IReadOnlyList<T> items)
        where T : class => items.Count == 0 ? null : items[Below(items.Count)];
}

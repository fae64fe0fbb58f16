using System.Collections;
using System.Data;
using System.Text.RegularExpressions;
using Dapper;

namespace Boreas.Server;

/// <summary>
/// Values for <c>column in @list</c>, in both databases alike: the parameter becomes as many parameters as there are
/// values. (Left to itself, Dapper expands a list for SQLite and sends an array to PostgreSQL, which wants other SQL.)
/// </summary>
/// <typeparam name="T"><see cref="string"/> or a whole number.</typeparam>
public sealed class SqlList<T>(IEnumerable<T> values) : IReadOnlyCollection<T>, SqlMapper.ICustomQueryParameter
{
    private readonly T[] _values = [.. values];

    public int Count => _values.Length;

    public void AddParameter(IDbCommand command, string name)
    {
        for (var i = 0; i < _values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"{name}_{i}", _values[i]);
            command.Parameters.Add(parameter);
        }

        var nothing = typeof(T) == typeof(string) ? "(select '' where 1 = 0)" : "(select 0 where 1 = 0)";
        var list = _values.Length == 0 ? nothing : $"({string.Join(", ", _values.Select((_, i) => $"@{name}_{i}"))})";
        command.CommandText = Regex.Replace(command.CommandText, $@"@{name}\b", list);
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _values.GetEnumerator();
}

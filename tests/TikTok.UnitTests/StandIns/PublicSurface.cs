using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TikTok.UnitTests.StandIns;

/// <summary>
/// Writes what an assembly shows to others (public and protected) the way the lists in <c>official/</c> are written: a line per
/// type, and for each a line per member that it declares itself.
/// </summary>
internal static class PublicSurface
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(float)] = "float",
    };

    // The lists leave out what every object has, and what the compiler adds to records.
    private static readonly HashSet<string> OfEveryObject =
        ["Equals", "GetHashCode", "ToString", "GetType", "Finalize", "MemberwiseClone", "<Clone>$", "PrintMembers", "EqualityContract"];

    /// <summary>The types of an assembly that others can see.</summary>
    public static IEnumerable<Type> Types(Assembly assembly) => assembly.GetTypes().Where(type =>
        type.IsVisible && !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    /// <summary>The line of a type, such as <c>sealed class Some.Name : Its.Base</c>.</summary>
    public static string Header(Type type)
    {
        if (type.IsEnum || type.IsInterface || typeof(Delegate).IsAssignableFrom(type))
        {
            return $"{(type.IsEnum ? "enum" : type.IsInterface ? "interface" : "delegate")} {Name(type)}";
        }

        if (type.IsValueType)
        {
            return $"struct {Name(type)}";
        }

        var modifier = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        var parent = type.BaseType is { } b && b != typeof(object) ? $" : {Name(b)}" : "";
        return $"{modifier}class {Name(type)}{parent}";
    }

    /// <summary>The lines of a type's members, without their indent.</summary>
    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return [string.Join(", ", Enum.GetNames(type))];
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return [$"{Name(invoke.ReturnType)} ({Parameters(invoke)})"];
        }

        return
        [
            .. type.GetConstructors(Declared).Where(c => !c.IsStatic && IsShown(c)).Select(c => $"{Protected(c)}.ctor({Parameters(c)})"),
            .. type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly)
                .Select(f => $"{(f.IsPublic ? "" : "protected ")}{(f.IsStatic ? "static " : "")}{Name(f.FieldType)} {f.Name}"),
            .. type.GetEvents(Declared).Where(e => e.AddMethod is { } add && IsShown(add))
                .Select(e => $"{Protected(e.AddMethod!)}{Modifier(e.AddMethod!)}event {Name(e.EventHandlerType!)} {e.Name}"),
            .. type.GetProperties(Declared).Where(p => !OfEveryObject.Contains(p.Name)).Select(Property).OfType<string>(),
            .. type.GetMethods(Declared).Where(m => IsShown(m) && !m.IsSpecialName && !OfEveryObject.Contains(m.Name)).Select(Method),
        ];
    }

    private static string? Property(PropertyInfo property)
    {
        var shown = new[] { property.GetMethod, property.SetMethod }.OfType<MethodInfo>().Where(IsShown).ToList();
        if (shown.Count == 0)
        {
            return null;
        }

        var widest = shown.Find(m => m.IsPublic) ?? shown[0];
        var accessors = string.Concat(shown.Select(m => m == property.GetMethod ? "get; " : "set; "));
        return $"{Protected(widest)}{Modifier(widest)}{Name(property.PropertyType)} {property.Name} {{ {accessors}}}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(",", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Protected(method)}{Modifier(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static bool IsShown(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Protected(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifier(MethodInfo method) => method switch
    {
        { IsStatic: true } => "static ",
        { IsAbstract: true } => "abstract ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        var prefix = parameter switch
        {
            { IsOut: true } => "out ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) => "params ",
            _ => "",
        };
        return $"{prefix}{Name(parameter.ParameterType)} {parameter.Name}{Default(parameter)}";
    }));

    private static string Default(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue)
        {
            return "";
        }

        var value = parameter.DefaultValue;
        return " = " + (value is null ? "default" : Convert.ToString(value, CultureInfo.InvariantCulture));
    }

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!) + "&";
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        var simple = type.Name.Split('`')[0];
        var scope = type.DeclaringType is { } outer ? Name(outer) + "." : Scope(type);
        var arguments = type.GetGenericArguments();
        return scope + simple + (arguments.Length > 0 ? $"<{string.Join(",", arguments.Select(Name))}>" : "");
    }

    private static string Scope(Type type) => type.Namespace switch
    {
        "System.Collections.Generic" or "System.Threading.Tasks" => "",
        "System.Threading" when type == typeof(CancellationToken) => "",
        var name => name + ".",
    };
}

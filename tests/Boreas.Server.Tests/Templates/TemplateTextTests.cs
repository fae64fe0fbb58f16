using System.Text.Json;
using Boreas.Contracts.Deployments;
using Boreas.Engine.Runs;
using Boreas.Server.Templates;

namespace Boreas.Server.Tests.Templates;

public class TemplateTextTests
{
    private static readonly Dictionary<string, string> Values = new() { ["app"] = "shop", ["evil"] = "${app}", ["none"] = "" };

    [Theory]
    [InlineData("deploy ${app}", "deploy shop")]
    [InlineData("${app}${app}-${none}", "shopshop-")]
    [InlineData("${evil}", "${app}")]
    [InlineData("$${app}", "${app}")]
    [InlineData("$$${app}", "$${app}")]
    [InlineData("$app $ { } ${", "$app $ { } ${")]
    public void ATextIsReadOnce(string text, string filled) => Assert.Equal(filled, TemplateText.Fill(text, Values));

    [Fact]
    public void AnEscapedTextMeansItself()
    {
        var luck = new Random(20310506);
        for (var i = 0; i < 5000; i++)
        {
            var text = new string([.. Enumerable.Range(0, luck.Next(12)).Select(_ => "${}ab"[luck.Next(5)])]);

            Assert.Empty(TemplateText.Names(TemplateText.Escape(text)));
            Assert.Equal(text, TemplateText.Fill(TemplateText.Escape(text), Values));
        }
    }

    [Fact]
    public void EveryTextOfATaskIsFilledInAndNoKey()
    {
        var payload = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["${app}"] = 1, ["command"] = new object[] { "./smoke", "${app}", new { deep = "${app}" } } });
        var task = new TaskInput(RunTaskType.Custom, "${app}", "${app}-smoke", "smoke ${app}", "${app}-deploy, other", Payload: payload);

        var filled = TemplateText.Each(task, text => TemplateText.Fill(text, Values));

        Assert.Equal(("shop", "shop-smoke", "smoke shop", "shop-deploy,other"), (filled.AppId, filled.Id, filled.Name, filled.BlockBy));
        Assert.Equal("""{"${app}":1,"command":["./smoke","shop",{"deep":"shop"}]}""", filled.Payload!.Value.GetRawText());
    }
}

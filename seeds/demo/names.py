"""Fixed lists that names are made of. All people and hospitals of the demo are invented."""

from random import Random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董程曹袁邓许傅沈彭吕苏卢蒋蔡丁魏薛叶余潘杜戴夏钟汪田姜"
)
GIVEN_FIRST = "伟建志文思雨子晓佳海明国永春俊嘉宇浩梓一欣若静丽雅婉美玉秀桂小红云"
GIVEN_SECOND = "强军杰涛斌峰磊超勇辉鹏飞宁平安琪琳婷娟敏芳燕霞洁颖怡萱涵轩然博航晨阳远"

FORTUNE_FIRST = "仁康济和安瑞德同博惠泰宁明华广"
FORTUNE_SECOND = "和宁泰爱民生安济康平源心慈善诚"

TIER_ENDINGS = {
    "三甲": ("中心医院", "人民医院", "第一医院"),
    "三乙": ("医院", "综合医院"),
    "二级": ("医院", "专科医院", "骨科医院"),
    "基层": ("社区卫生服务中心", "门诊部"),
    "第三方检验": ("医学检验所",),
}

DEPARTMENTS = ("检验科", "放射科", "骨科", "心内科", "重症医学科", "手术室", "急诊科")

CITIES = {
    "上海": "浦东 徐汇 闵行 宝山 杨浦 松江 嘉定",
    "江苏": "南京 苏州 无锡 常州 南通 徐州 扬州 盐城",
    "浙江": "杭州 宁波 温州 绍兴 嘉兴 金华 台州",
    "安徽": "合肥 芜湖 蚌埠 安庆 阜阳 马鞍山",
    "福建": "福州 厦门 泉州 漳州 莆田",
    "江西": "南昌 赣州 九江 上饶 宜春",
    "山东": "济南 青岛 烟台 潍坊 临沂 济宁 淄博",
    "北京": "朝阳 海淀 丰台 通州 昌平 大兴",
    "天津": "和平 南开 河西 滨海 武清",
    "河北": "石家庄 唐山 保定 邯郸 廊坊",
    "山西": "太原 大同 临汾 长治",
    "内蒙古": "呼和浩特 包头 赤峰 鄂尔多斯",
    "辽宁": "沈阳 大连 鞍山 锦州",
    "吉林": "长春 吉林 四平 延吉",
    "黑龙江": "哈尔滨 齐齐哈尔 大庆 牡丹江",
    "河南": "郑州 洛阳 南阳 新乡 商丘 开封",
    "湖北": "武汉 宜昌 襄阳 荆州 黄石",
    "湖南": "长沙 株洲 衡阳 常德 岳阳",
    "广东": "广州 深圳 佛山 东莞 珠海 惠州 汕头 湛江",
    "广西": "南宁 柳州 桂林 玉林",
    "海南": "海口 三亚 琼海 儋州",
    "重庆": "渝中 江北 万州 涪陵 永川",
    "四川": "成都 绵阳 德阳 南充 宜宾 泸州",
    "贵州": "贵阳 遵义 六盘水 毕节",
    "云南": "昆明 曲靖 大理 玉溪",
    "陕西": "西安 咸阳 宝鸡 汉中",
    "甘肃": "兰州 天水 酒泉 庆阳",
    "新疆": "乌鲁木齐 喀什 伊宁 库尔勒",
}


def person(chance: Random) -> str:
    """A name of two or three characters."""
    given = (
        chance.choice(GIVEN_SECOND)
        if chance.random() < 0.25
        else (chance.choice(GIVEN_FIRST) + chance.choice(GIVEN_SECOND))
    )
    return chance.choice(SURNAMES) + given


def hospital_stems(province: str, chance: Random) -> list[str]:
    """City and fortunate word, such as 南京仁和: every pair once, shuffled."""
    stems = [
        f"{city}{first}{second}"
        for city in CITIES[province].split()
        for first in FORTUNE_FIRST
        for second in FORTUNE_SECOND
        if first != second
    ]
    chance.shuffle(stems)
    return stems

"""The vocabulary of the made-up city: what its institutes work on, how its firms and funds are called.

Every name built from these words is invented; where one resembles a real firm, fund, university or person,
that is chance. Words come in pairs of English and Chinese.
"""

import datetime

STAGES = [
    "pre_seed", "angel", "seed", "series_a", "series_b", "series_c", "series_d", "growth", "pre_ipo", "public",
]
# The day the registry is written down; nothing in it happened later.
TODAY = datetime.date(2026, 10, 30).toordinal()


class Field:
    """A strategic field of the city.

    weight: how many firms of a thousand are in it. node: the sector that stands for the field in mandates.
    leaves: (sector, weight, word of a firm's name, products). customers: who buys.
    """

    def __init__(self, weight, node, name, leaves, customers):
        self.weight, self.node, self.name = weight, node, name
        self.leaves, self.customers = leaves, customers


FIELDS = [
    Field(
        80, "display_panels", ("Displays", "新型显示"),
        [
            ("display_panels", 4, ("Display Technology", "显示科技"), [
                ("flexible OLED panels", "柔性OLED面板"), ("large-format display modules", "大尺寸显示模组")]),
            ("micro_displays", 3, ("Microdisplay", "微显示技术"), [
                ("micro-LED display chips", "微型LED显示芯片"), ("near-eye light engines", "近眼显示光机")]),
            ("display_materials", 3, ("Optoelectronic Materials", "光电材料"), [
                ("quantum-dot films", "量子点膜"), ("low-retardation optical films", "低相位差光学膜")]),
            ("display_equipment", 2, ("Display Equipment", "显示装备"), [
                ("laser lift-off machines", "激光剥离设备"), ("panel inspection systems", "面板检测系统")]),
        ],
        [("panel makers", "面板厂商"), ("headset brands", "头显品牌"), ("car makers", "汽车厂商")]),
    Field(
        160, "chips", ("Chips", "芯片"),
        [
            ("chip_design", 6, ("Microelectronics", "微电子"), [
                ("mixed-signal controllers", "混合信号控制芯片"), ("edge inference processors", "端侧推理处理器"),
                ("automotive-grade controllers", "车规级控制芯片")]),
            ("memory_chips", 2, ("Memory Technology", "存储技术"), [
                ("embedded memory blocks", "嵌入式存储模块"), ("resistive memory arrays", "阻变存储阵列")]),
            ("power_chips", 3, ("Power Semiconductor", "功率半导体"), [
                ("silicon carbide power modules", "碳化硅功率模块"), ("gallium nitride drivers", "氮化镓驱动器件")]),
            ("chip_equipment", 3, ("Semiconductor Equipment", "半导体设备"), [
                ("atomic layer deposition tools", "原子层沉积设备"), ("wafer metrology systems", "晶圆量测系统")]),
            ("chip_materials", 2, ("Electronic Materials", "电子材料"), [
                ("photoresist monomers", "光刻胶单体"), ("polishing slurries", "抛光液")]),
            ("chip_packaging", 2, ("Advanced Packaging", "先进封装"), [
                ("fan-out packaging services", "扇出型封装服务"), ("chiplet substrates", "芯粒基板")]),
            ("chip_eda", 1, ("Design Automation", "设计自动化"), [
                ("timing sign-off software", "时序签核软件")]),
            ("sensors", 2, ("Sensing Technology", "传感技术"), [
                ("MEMS pressure sensors", "微机电压力传感器"), ("infrared gas sensors", "红外气体传感器")]),
        ],
        [("car makers", "汽车厂商"), ("appliance makers", "家电厂商"), ("wafer fabs", "晶圆厂")]),
    Field(
        140, "new_energy_vehicles", ("Electric Vehicles", "新能源汽车"),
        [
            ("lithium_batteries", 4, ("Battery Technology", "电池科技"), [
                ("fast-charging cells", "快充电芯"), ("battery management systems", "电池管理系统")]),
            ("solid_state_batteries", 3, ("Solid-State Energy", "固态能源"), [
                ("sulfide solid-state cells", "硫化物固态电芯"), ("composite electrolytes", "复合固态电解质")]),
            ("sodium_batteries", 2, ("Sodium Energy", "钠电能源"), [("sodium-ion packs", "钠离子电池包")]),
            ("battery_materials", 3, ("Battery Materials", "电池材料"), [
                ("silicon-carbon anodes", "硅碳负极材料"), ("coated separators", "涂覆隔膜")]),
            ("nev_motors", 3, ("Electric Drive", "电驱动"), [
                ("oil-cooled hairpin motors", "油冷扁线电机"), ("in-wheel drives", "轮毂电驱系统")]),
            ("nev_components", 3, ("Auto Parts", "汽车部件"), [
                ("steer-by-wire units", "线控转向系统"), ("thermal management modules", "热管理模块")]),
            ("autonomous_driving", 3, ("Intelligent Driving", "智能驾驶"), [
                ("solid-state lidar", "固态激光雷达"), ("driving domain controllers", "智驾域控制器")]),
            ("nev_charging", 2, ("Charging Technology", "充电技术"), [
                ("liquid-cooled chargers", "液冷充电桩"), ("battery swap stations", "换电站系统")]),
        ],
        [("car makers", "汽车厂商"), ("bus operators", "公交企业"), ("fleet operators", "车队运营商")]),
    Field(
        160, "ai", ("Artificial Intelligence", "人工智能"),
        [
            ("speech_ai", 4, ("Speech Technology", "语音科技"), [
                ("dialect speech recognition", "方言语音识别"), ("simultaneous interpreting terminals", "同声传译终端")]),
            ("large_models", 4, ("Intelligence Technology", "智能科技"), [
                ("domain language models", "行业大模型"), ("document review agents", "文档审阅智能体")]),
            ("computer_vision", 3, ("Vision Technology", "视觉技术"), [
                ("visual inspection lines", "视觉质检产线"), ("crowd safety analytics", "人流安全分析")]),
            ("embodied_ai", 3, ("Embodied Intelligence", "具身智能"), [
                ("dexterous robot hands", "灵巧手"), ("warehouse humanoids", "仓储人形机器人")]),
            ("ai_for_science", 2, ("Scientific Intelligence", "科学智能"), [
                ("materials discovery platforms", "材料发现平台")]),
            ("smart_consumer_devices", 2, ("Smart Devices", "智能设备"), [
                ("hearing glasses", "助听眼镜"), ("learning companions", "学习伴侣设备")]),
            ("cloud_big_data", 3, ("Data Technology", "数据技术"), [
                ("trusted data spaces", "可信数据空间"), ("scheduling of computing power", "算力调度平台")]),
            ("security_software", 2, ("Information Security", "信息安全"), [
                ("model safety gateways", "大模型安全网关")]),
        ],
        [("hospitals", "医院"), ("schools", "学校"), ("city services", "政务部门"), ("factories", "制造企业")]),
    Field(
        60, "quantum", ("Quantum Information", "量子信息"),
        [
            ("quantum_computing", 3, ("Quantum Computing", "量子计算"), [
                ("superconducting control electronics", "超导量子测控系统"), ("trapped-ion processors", "离子阱处理器"),
                ("dilution refrigerators", "稀释制冷机")]),
            ("quantum_communication", 3, ("Quantum Communication", "量子通信"), [
                ("chip-scale key distribution modules", "芯片化密钥分发模块"), ("single-photon detectors", "单光子探测器")]),
            ("quantum_sensing", 4, ("Quantum Metrology", "量子测量"), [
                ("portable cold-atom gravimeters", "便携式冷原子重力仪"), ("diamond magnetometers", "金刚石磁力计")]),
        ],
        [("grid operators", "电网企业"), ("banks", "银行"), ("geological surveys", "地质勘查单位")]),
    Field(
        140, "biomedicine", ("Biomedicine", "生物医药"),
        [
            ("biologics", 4, ("Biopharma", "生物制药"), [
                ("bispecific antibodies", "双特异性抗体"), ("inhaled biologics", "吸入式生物药")]),
            ("gene_cell_therapy", 3, ("Cell Therapy", "细胞治疗"), [
                ("off-the-shelf CAR-NK cells", "通用型CAR-NK细胞"), ("AAV vectors", "腺相关病毒载体")]),
            ("chemical_drugs", 3, ("Pharmaceutical", "医药"), [
                ("kinase inhibitors", "激酶抑制剂"), ("long-acting injectables", "长效注射剂")]),
            ("medical_imaging", 3, ("Medical Imaging", "医学影像"), [
                ("low-field MRI scanners", "低场磁共振设备"), ("photon-counting detectors", "光子计数探测器")]),
            ("particle_therapy", 1, ("Particle Therapy", "粒子治疗"), [
                ("compact superconducting cyclotrons", "紧凑型超导回旋加速器")]),
            ("in_vitro_diagnostics", 3, ("Diagnostics", "诊断技术"), [
                ("breath test analyzers", "呼气检测分析仪"), ("single-molecule immunoassays", "单分子免疫检测")]),
            ("brain_interfaces", 1, ("Neurotechnology", "神经科技"), [
                ("flexible cortical electrodes", "柔性皮层电极")]),
            ("implants", 2, ("Medical Devices", "医疗器械"), [
                ("bioabsorbable stents", "可降解支架"), ("orthopaedic implants", "骨科植入物")]),
            ("synthetic_biology", 2, ("Synthetic Biology", "合成生物"), [
                ("enzymes for green chemistry", "绿色化学用酶"), ("fermented proteins", "发酵蛋白")]),
            ("ai_drug_discovery", 1, ("Drug Discovery", "药物研发"), [
                ("generative lead design", "生成式先导化合物设计")]),
        ],
        [("hospitals", "医院"), ("drug makers", "药企"), ("clinical laboratories", "临检机构")]),
    Field(
        80, "new_energy", ("Fusion and New Energy", "聚变与新能源"),
        [
            ("fusion", 2, ("Fusion Energy", "聚变能源"), [
                ("compact fusion devices", "紧凑型聚变装置"), ("plasma diagnostics", "等离子体诊断系统")]),
            ("fusion_magnets", 2, ("Superconducting Magnet", "超导磁体"), [
                ("high-temperature superconducting coils", "高温超导线圈")]),
            ("fusion_components", 2, ("Plasma Technology", "等离子体技术"), [
                ("tungsten divertor parts", "钨偏滤器部件"), ("gyrotron heating systems", "回旋管加热系统")]),
            ("solar_equipment", 3, ("Photovoltaic", "光伏科技"), [
                ("string inverters", "组串式逆变器"), ("perovskite coating lines", "钙钛矿涂布产线")]),
            ("solar_materials", 2, ("Solar Materials", "太阳能材料"), [("photovoltaic glass coatings", "光伏玻璃镀膜")]),
            ("hydrogen", 3, ("Hydrogen Energy", "氢能"), [
                ("anion-exchange electrolyzers", "阴离子膜电解槽"), ("fuel cell stacks", "燃料电池电堆")]),
            ("energy_storage", 4, ("Energy Storage", "储能"), [
                ("vanadium flow batteries", "全钒液流电池"), ("grid-forming converters", "构网型变流器")]),
            ("grid_control", 2, ("Power Grid Technology", "电网技术"), [
                ("virtual power plant software", "虚拟电厂软件")]),
        ],
        [("power utilities", "发电企业"), ("grid operators", "电网企业"), ("industrial parks", "产业园区")]),
    Field(
        70, "new_materials", ("New Materials", "新材料"),
        [
            ("superconductors", 2, ("Superconductor", "超导科技"), [("REBCO tapes", "稀土钡铜氧带材")]),
            ("nanomaterials", 3, ("Nanomaterials", "纳米材料"), [
                ("carbon nanotube pastes", "碳纳米管浆料"), ("aerogel insulation", "气凝胶隔热材料")]),
            ("high_performance_fibres", 2, ("Advanced Fibre", "高性能纤维"), [("aramid papers", "芳纶纸")]),
            ("fibre_composites", 2, ("Composite Materials", "复合材料"), [
                ("thermoplastic composite parts", "热塑性复合材料部件")]),
            ("special_ceramics", 2, ("Technical Ceramics", "先进陶瓷"), [("silicon nitride substrates", "氮化硅基板")]),
            ("printing_materials", 1, ("Metal Powders", "金属粉末"), [("spherical titanium powders", "球形钛粉")]),
            ("biobased_materials", 2, ("Biobased Materials", "生物基材料"), [("polylactic acid compounds", "聚乳酸改性料")]),
            ("rare_earths", 1, ("Magnetic Materials", "磁性材料"), [("heavy-rare-earth-free magnets", "无重稀土磁体")]),
        ],
        [("aircraft makers", "飞机制造商"), ("battery makers", "电池厂商"), ("electronics makers", "电子厂商")]),
    Field(
        60, "smart_manufacturing", ("Intelligent Equipment", "智能装备"),
        [
            ("industrial_robots", 4, ("Robotics", "机器人"), [
                ("collaborative welding robots", "协作焊接机器人"), ("inspection crawlers", "巡检机器人")]),
            ("scientific_instruments", 3, ("Scientific Instruments", "科学仪器"), [
                ("electron paramagnetic resonance spectrometers", "电子顺磁共振谱仪"), ("mass spectrometers", "质谱仪")]),
            ("smart_components", 3, ("Precision Machinery", "精密机械"), [
                ("harmonic reducers", "谐波减速器"), ("planetary roller screws", "行星滚柱丝杠")]),
            ("smart_instruments", 2, ("Measurement and Control", "测控技术"), [("laser trackers", "激光跟踪仪")]),
            ("industrial_internet", 2, ("Industrial Software", "工业软件"), [("process simulation software", "工艺仿真软件")]),
        ],
        [("factories", "制造企业"), ("research laboratories", "科研实验室"), ("shipyards", "船厂")]),
    Field(
        30, "satellites_applications", ("Aviation and Space", "空天信息"),
        [
            ("satellites", 3, ("Satellite Technology", "卫星科技"), [
                ("radar satellite payloads", "雷达卫星载荷"), ("inter-satellite laser terminals", "星间激光终端")]),
            ("satellite_services", 3, ("Space Information", "空间信息"), [
                ("subsidence monitoring", "地面沉降监测"), ("crop insurance imagery", "农险遥感服务")]),
            ("spacecraft_rockets", 1, ("Aerospace Propulsion", "空天动力"), [("methane rocket engines", "液氧甲烷发动机")]),
            ("other_aviation", 2, ("Aviation Technology", "航空科技"), [("aircraft starter generators", "航空起动发电机")]),
        ],
        [("insurers", "保险公司"), ("mapping agencies", "测绘单位"), ("launch operators", "发射服务商")]),
    Field(
        40, "low_altitude", ("Low-Altitude Economy", "低空经济"),
        [
            ("evtol", 3, ("Air Mobility", "空中交通"), [
                ("two-seat eVTOL aircraft", "双座电动垂直起降飞行器"), ("flight control computers", "飞控计算机")]),
            ("drones", 4, ("Unmanned Systems", "无人系统"), [
                ("heavy-lift cargo drones", "重载货运无人机"), ("power line inspection drones", "电力巡线无人机")]),
            ("low_altitude_services", 3, ("Low-Altitude Services", "低空服务"), [
                ("low-altitude traffic radar", "低空监视雷达"), ("vertiport operations", "起降场运营服务")]),
        ],
        [("logistics firms", "物流企业"), ("emergency services", "应急部门"), ("scenic areas", "景区")]),
    Field(
        50, "environmental_protection", ("Environment", "节能环保"),
        [
            ("environmental_instruments", 4, ("Environmental Optics", "环境光学"), [
                ("open-path gas analyzers", "开放光程气体分析仪"), ("aerosol lidar", "气溶胶激光雷达")]),
            ("environmental_equipment", 2, ("Environmental Equipment", "环保装备"), [
                ("membrane bioreactors", "膜生物反应器")]),
            ("industrial_waste_use", 2, ("Resource Recycling", "资源循环"), [
                ("battery recycling lines", "电池回收产线")]),
            ("energy_saving_general", 2, ("Energy Saving", "节能科技"), [
                ("magnetic bearing blowers", "磁悬浮鼓风机")]),
        ],
        [("city services", "政务部门"), ("chemical parks", "化工园区"), ("water utilities", "水务企业")]),
]

# Sectors that some mandates rule out, with the field they would hit (none: no firm of ours is in it).
EXCLUDABLE = [
    ("advanced_steel", None), ("digital_creative", None), ("traditional_medicine", None),
    ("marine_equipment", None), ("chemical_drugs", 5), ("nuclear_power", 6), ("biomedicine", 5),
    ("low_altitude", 10), ("satellites_applications", 9), ("quantum", 4), ("energy_saving_environment", 11),
]

# Partners of the joint institutes, with the places in FIELDS they work in.
PARTNERS = [
    ("Donglin University", "东临大学", range(12)),
    ("Luhe Institute of Technology", "庐和理工大学", range(12)),
    ("Beilan University", "北澜大学", range(12)),
    ("Zhongheng University of Science and Technology", "中衡科技大学", range(12)),
    ("Qiupu University", "秋浦大学", range(12)),
    ("Guoheng Academy of Sciences", "国衡科学院", range(12)),
    ("Yuling Polytechnic University", "榆陵工业大学", [0, 1, 2, 6, 7, 8, 11]),
    ("Xiling University of Electronic Science", "西陵电子科技大学", [0, 1, 3, 4, 9]),
    ("Tianxu University of Posts", "天序邮电大学", [1, 3, 4, 9, 10]),
    ("Yunlu University of Aeronautics", "云麓航空大学", [7, 8, 9, 10]),
    ("Nanting Jiaotong University", "南汀交通大学", [2, 3, 6, 8, 10]),
    ("Haiyue Medical University", "海岳医科大学", [5]),
    ("Hewan Agricultural University", "河湾农业大学", [5, 11]),
    ("Jinxi Chemical University", "金溪化工大学", [1, 5, 6, 7, 11]),
    ("Nordhaven Technical University", "北港工业大学", [2, 4, 6, 8]),
    ("Straits Institute of Engineering, Singapore", "新加坡海峡工程学院", [1, 3, 5, 11]),
    ("Lakeland Polytechnic, Ontario", "湖原理工学院", [3, 4, 5]),
]
INSTITUTE_FORMS = [
    ("Institute of {0}", "{0}研究院"),
    ("{0} Innovation Institute", "{0}创新研究院"),
    ("{0} Transfer Centre", "{0}成果转化中心"),
    ("Joint Laboratory for {0}", "{0}联合实验室"),
]
PROJECT_FORMS = [
    ("Next-generation {0}", "新一代{0}"), ("Low-cost {0}", "低成本{0}"), ("Pilot line for {0}", "{0}中试线"),
    ("Scale-up of {0}", "{0}放大工艺"), ("High-reliability {0}", "高可靠{0}"), ("Demonstration of {0}", "{0}应用示范"),
    ("Design tools for {0}", "{0}设计工具"), ("Test bench for {0}", "{0}测试平台"),
]

# Brands: a first syllable and a second. Each list has every spelling once and no second syllable starts
# with a vowel, so that two brands never read the same.
FIRST = (
    "岑cen 珩heng 翊yi 曜yao 沐mu 聿yu 霁ji 泓hong 皓hao 铭ming 铎duo 锐rui 砚yan 筑zhu 峤qiao 朔shuo "
    "霖lin 煦xu 澄cheng 槿jin 桓huan 楠nan 柏bai 棠tang 梧wu 枫feng 松song 蔚wei 芯xin 荟hui 菁jing 葵kui "
    "鹭lu 鹤he 鹏peng 鲲kun 骐qi 骏jun 骁xiao 驰chi 岳yue 岱dai 淮huai 汐xi 泽ze 洵xun 涵han 淼miao "
    "溯su 川chuan 晟sheng 昀yun 旻min 昶chang 昭zhao 晔ye 炬ju 灿can 恺kai 拓tuo 擎qing 捷jie 格ge 臻zhen"
).split()
SECOND = (
    "澜lan 岩yan 峰feng 原yuan 野ye 川chuan 江jiang 海hai 泉quan 湖hu 洲zhou 林lin 木mu 禾he 谷gu 田tian "
    "石shi 金jin 光guang 辉hui 明ming 星xing 辰chen 宇yu 航hang 翼yi 翔xiang 鸿hong 腾teng 启qi 创chuang 同tong "
    "达da 迅xun 捷jie 锐rui 坤kun 乾qian 健jian 康kang 宁ning 泰tai 盛sheng 隆long 昌chang 茂mao 荣rong 夏xia "
    "正zheng 方fang 德de 道dao 仁ren 智zhi 思si 维wei 策ce 数shu 算suan 量liang 波bo 频pin 谱pu 帆fan"
).split()
# The same for firms and investors from abroad.
LATIN_FIRST = (
    "Arvo Belta Cindra Dovar Elmo Fenri Galdo Halve Ister Jorva Kelda Lumer Marno Nerida Orsa Pellu "
    "Quarro Rendi Solva Tamri Ulmo Varda Wenlo Xandri Yarro Zephi Brixa Calto Dremi Fjora Grova Helio"
).split()
LATIN_SECOND = (
    "bek cor dane fell gard hart keld lane mere nyx path quist rand stel tron vane wick zeta "
    "bright cast dyne field gate holm kraft loft mont point ridge shore stone ward"
).split()

# (city, its Chinese name, province, weight) for domestic firms and investors.
CITIES = [
    ("Hefei", "合肥", "Anhui", 620), ("Wuhu", "芜湖", "Anhui", 60), ("Bengbu", "蚌埠", "Anhui", 30),
    ("Chuzhou", "滁州", "Anhui", 25), ("Ma'anshan", "马鞍山", "Anhui", 15), ("Nanjing", "南京", "Jiangsu", 40),
    ("Suzhou", "苏州", "Jiangsu", 40), ("Shanghai", "上海", "Shanghai", 50), ("Hangzhou", "杭州", "Zhejiang", 35),
    ("Shenzhen", "深圳", "Guangdong", 35), ("Guangzhou", "广州", "Guangdong", 10), ("Beijing", "北京", "Beijing", 25),
    ("Wuhan", "武汉", "Hubei", 10), ("Xi'an", "西安", "Shaanxi", 10), ("Chengdu", "成都", "Sichuan", 5),
]
# Investors sit elsewhere than firms.
INVESTOR_CITY_WEIGHTS = [220, 20, 10, 5, 5, 60, 70, 220, 70, 140, 20, 130, 10, 10, 10]
# (city, province, country, currency, form of a firm's name, time zone)
ABROAD = [
    ("Singapore", "Singapore", "SG", "SGD", "Pte. Ltd.", "Asia/Singapore"),
    ("San Jose", "California", "US", "USD", "Inc.", "America/Los_Angeles"),
    ("Boston", "Massachusetts", "US", "USD", "Inc.", "America/New_York"),
    ("Munich", "Bavaria", "DE", "EUR", "GmbH", "Europe/Berlin"),
    ("Dresden", "Saxony", "DE", "EUR", "GmbH", "Europe/Berlin"),
    ("Tokyo", "Tokyo", "JP", "JPY", "K.K.", "Asia/Tokyo"),
    ("Hong Kong", "Hong Kong", "HK", "HKD", "Limited", "Asia/Hong_Kong"),
]
# What one yuan is in a currency, as a fraction: close enough to size an amount.
PER_YUAN = {"CNY": (1, 1), "USD": (1, 7), "EUR": (1, 8), "SGD": (2, 11), "JPY": (21, 1), "HKD": (11, 10)}
# (from, rate of each date in RATE_DATES), to CNY; invented, near what they were.
RATE_DATES = ["2026-01-05", "2026-04-01", "2026-07-01", "2026-10-09"]
RATES = [
    ("USD", ["7.01", "6.98", "7.03", "7.05"]), ("EUR", ["8.19", "8.12", "8.24", "8.21"]),
    ("HKD", ["0.9", "0.895", "0.902", "0.906"]), ("SGD", ["5.43", "5.41", "5.48", "5.5"]),
    ("JPY", ["0.0452", "0.0447", "0.0461", "0.0458"]),
]

HOUSES = [
    ("Luzhou Industry Guidance Group", "庐州产业引导集团"),
    ("Feishui Capital Group", "淝水资本集团"),
    ("Lakeshore Innovation Holdings", "环湖创新投资控股"),
    ("Jianghuai Emerging Industries Fund of Funds", "江淮新兴产业母基金"),
    ("Shushan Science City Capital", "蜀麓科创资本集团"),
    ("Wanzhong State Capital Operations", "皖中国有资本运营集团"),
    ("Zipeng Start-up Guidance Fund", "紫蓬创业引导基金"),
    ("Jinniu Hill Industry Investment", "金牛岗产业投资集团"),
    ("Binhe New District Construction Investment", "滨河新区建设投资集团"),
    ("Nanfei Technology Investment", "南淝科技投资集团"),
]
# (name, first and last stage, risk tolerances it may have)
SUB_FUNDS = [
    ("Angel Fund", "天使基金", 0, 2, ["C5", "C4"]),
    ("Industry Fund", "产业投资基金", 3, 5, ["C3", "C3", "C4"]),
    ("Seed Fund", "种子基金", 1, 2, ["C5", "C4"]),
    ("Growth Fund", "成长基金", 4, 6, ["C3", "C2"]),
    ("Technology Transfer Fund", "成果转化基金", 0, 2, ["C5", "C5", "C4"]),
    ("Venture Fund", "创业投资基金", 2, 4, ["C4", "C3"]),
    ("Pre-IPO Fund", "上市培育基金", 7, 8, ["C2", "C1"]),
]
# (kind, weight, name, first and last stage, risk tolerances)
PRIVATE = [
    ("vc", 26, ("Capital", "资本"), 1, 3, ["C4", "C5", "C4"]),
    ("vc", 20, ("Ventures", "创投"), 2, 4, ["C4", "C3"]),
    ("vc", 14, ("Partners", "投资"), 3, 6, ["C3", "C4"]),
    ("vc", 8, ("Growth Equity", "成长基金"), 5, 8, ["C2", "C3"]),
    ("cvc", 14, ("Strategic Investment", "战略投资"), 2, 6, ["C3", "C4"]),
    ("angel", 11, ("Angel Club", "天使会"), 0, 2, ["C5", "C5", "C4"]),
    ("bank", 6, ("Bank Technology Branch", "银行科技支行"), 4, 8, ["C1", "C2"]),
    ("family_office", 8, ("Family Office", "家族办公室"), 1, 5, ["C2", "C3", "C4"]),
    ("other", 4, ("Accelerator", "加速器"), 0, 1, ["C5", "C4"]),
]

SURNAMES = (
    "陈Chen 林Lin 周Zhou 吴Wu 徐Xu 孙Sun 胡Hu 朱Zhu 高Gao 何He 郭Guo 罗Luo 梁Liang 宋Song 唐Tang 许Xu 韩Han 冯Feng "
    "邓Deng 曹Cao 彭Peng 曾Zeng 萧Xiao 田Tian 董Dong 潘Pan 袁Yuan 蔡Cai 蒋Jiang 余Yu 杜Du 叶Ye 程Cheng 苏Su 魏Wei "
    "吕Lü 丁Ding 任Ren 沈Shen 姚Yao"
).split()
GIVEN = (
    "砚yan 澄cheng 予yu 舟zhou 禾he 念nian 岚lan 汀ting 苓ling 朔shuo 棠tang 屿yu 知zhi 微wei 初chu 槿jin 序xu 望wang "
    "遥yao 宁ning 乔qiao 沅yuan 溪xi 照zhao 珂ke 若ruo 言yan 川chuan 野ye 安an 衡heng 青qing"
).split()
LATIN_GIVEN = (
    "Mara Joren Tilda Ewan Sanne Leif Corin Petra Alric Nadia Yuna Haru Priya Devin Oskar Lotte"
).split()
LATIN_SURNAMES = (
    "Ellwick Harness Vandermoor Tanaki Brannock Oyelund Ferrant Kesteven Morikane Tanwei Duskell Arnholt"
).split()
TITLES = {
    "institute": [("Director", "院长"), ("Head of technology transfer", "成果转化部主任"), ("Deputy director", "副院长")],
    "investor": [("Partner", "合伙人"), ("Investment director", "投资总监"), ("Managing director", "董事总经理")],
    "firm": [("Chief executive", "总经理"), ("Founder", "创始人"), ("Chief financial officer", "财务总监")],
}
VENUES = [
    "Lakeside Science Hall", "East Gate Incubator", "Quantum Avenue Forum", "Old Airport Exhibition Hall",
    "Speech Valley Theatre", "Institute Row Auditorium",
]
# First and last days of public holidays, when no roadshow is held.
HOLIDAYS = [
    ("2026-10-01", "2026-10-08"), ("2027-01-01", "2027-01-03"), ("2027-02-05", "2027-02-12"),
    ("2027-05-01", "2027-05-05"), ("2027-06-09", "2027-06-09"),
]
MONTHS = (
    "January February March April May June July August September October November December"
).split()

# The relay: the state's programmes, test grounds, experts.

# Leaves of a field that stand elsewhere in the tree of sectors, so that its node does not cover them.
BESIDE = {
    "chips": ["sensors"], "ai": ["cloud_big_data", "security_software"],
    "biomedicine": [
        "medical_imaging", "particle_therapy", "in_vitro_diagnostics", "brain_interfaces", "implants", "synthetic_biology",
    ],
    "new_materials": ["biobased_materials"], "smart_manufacturing": ["industrial_internet"],
    "satellites_applications": ["other_aviation"],
    "environmental_protection": ["industrial_waste_use", "energy_saving_general"],
}
# (name, Chinese, who runs it, place in FIELDS, readiness needed, pilots at one time)
SCENARIOS = [
    ("Panel Line Trial Bay", "新型显示产线试验工位", "Luzhou Display Park", 0, 5, 3),
    ("Automotive Chip Qualification Bench", "车规芯片验证平台", "Jianghuai Chip Testing Centre", 1, 5, 4),
    ("Connected Vehicle Test Road", "智能网联汽车测试道路", "Binhe Transport Bureau", 2, 6, 4),
    ("City Services Model Sandbox", "政务大模型沙盒", "Feishui Data Bureau", 3, 4, 6),
    ("Quantum Trunk Line Access Site", "量子干线接入试验站", "Quantum Avenue Network", 4, 4, 2),
    ("Hospital Device Trial Ward", "医疗器械试用病区", "Zipeng University Hospital", 5, 6, 3),
    ("Grid-Forming Storage Yard", "构网型储能试验场", "Jianghuai Grid Company", 6, 5, 3),
    ("Pilot Workshop for Materials", "新材料中试车间", "Jinniu Hill Pilot Park", 7, 4, 4),
    ("Flexible Assembly Demonstration Line", "柔性装配示范线", "Nanfei Appliance Works", 8, 5, 3),
    ("Satellite Ground Station", "卫星地面站", "Shushan Space Centre", 9, 5, 2),
    ("Lakeside Low-Altitude Corridor", "环湖低空航线试飞区", "Lakeshore Aviation Office", 10, 5, 3),
    ("Lake Water Treatment Plant", "巢湖水处理试验厂", "Lakeshore Water Company", 11, 4, 3),
    ("Night Bus and Street Cleaning Fleet", "无人公交环卫车队", "Binhe Transport Bureau", 2, 7, 2),
    ("School Learning Aids Classroom", "智慧教育试点课堂", "Shushan Education Bureau", 3, 5, 5),
]
PILOT_SUMMARIES = {
    "passed": [
        "Ran for the whole time; the operator wishes to buy.", "Met every figure agreed before.", "试验达到约定指标，运营方愿意采购。"],
    "failed": ["Fell short of the figures agreed.", "Failed in wet weather; needs another sample.", "关键指标未达标。"],
    "abandoned": ["Ended early: the firm moved its people to another order.", "试验提前终止。"],
}
CONDITIONS = [
    "a patent licensed by the institute must be assigned first", "the founder's loan must be settled before money is drawn",
    "a second supplier of the key material must be found", "需先完成核心专利转让", "audited accounts of the last year",
]
BOUGHT = [
    ("first money, before any private investor", "首笔财政资金先行投入"), ("seed money after the committee's decision", "经投委会决策的种子资金"),
]
FOLLOWED = [("second tranche, with the private round", "随市场化轮次跟进第二笔"), ("second tranche, milestone reached", "达到里程碑后拨付")]
SOLD = [("handed over to private buyers", "国资份额转让给社会资本"), ("prospects clear, holding period over", "前景明朗，持有期满，有序退出")]
LOST = [("the firm has ceased trading", "企业停止经营"), ("the technology did not work at scale", "技术路线未能放大")]
CRITERIA = [("Technology", 35), ("Market", 30), ("Team", 20), ("Use of money", 15)]
COMMITTEES = ["Seed Investment Committee", "Follow-on Committee", "Hand-over Committee"]
